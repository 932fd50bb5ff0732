/** `ras_exporter`: serves metrics until it is told to stop. */
import { chooseCollectors } from '../collectors/choose.ts';
import { allCollectors } from '../collectors/index.ts';
import { Scraper } from '../collectors/scrape.ts';
import { type Config, ConfigError } from '../config/config.ts';
import { LiveConfig, type ReloadReport } from '../config/live.ts';
import { shownSettings } from '../config/show.ts';
import { connectionLog } from '../logging/connection-log.ts';
import { type LogFields, type Logger, type OpenLog, openLogger } from '../logging/logger.ts';
import { problemLog } from '../logging/problem-log.ts';
import { buildFamily } from '../metrics/build.ts';
import { heartbeatFamily } from '../metrics/heartbeat.ts';
import { processFamilies } from '../metrics/process.ts';
import type { Push } from '../outputs/otlp/push.ts';
import type { TakeSnapshot } from '../outputs/otlp/snapshots.ts';
import { isHanging, type Windows } from '../ras/windows.ts';
import { REVISION, VERSION } from '../version.ts';
import { createApp } from '../web/app.ts';
import type { FrontDoor } from '../web/front-door.ts';
import { listen } from '../web/listen.ts';
import { listenPatiently, type Patience } from '../web/listen-patiently.ts';
import { type Host, terminal } from './host.ts';
import { Reloader } from './reload.ts';

/** Milliseconds that a stop leaves to requests in flight. */
const STOP_GRACE = 4000;

/** Milliseconds that a stop leaves to the log, which waits only for the event log of Windows. */
const LOG_GRACE = 500;

/** Who sits at a terminal is told at once. */
const IMPATIENT: Patience = { most: 0, interval: 0, waiting() {} };

/** A running exporter. */
export interface Exporter {
  /** What it listens on: `127.0.0.1:10600`. */
  readonly addresses: readonly string[];
  /** Takes no new request, lets those in flight end and pushes a last time, for at most `grace` milliseconds. */
  stop(grace: number): Promise<void>;
  /**
   * Reads the configuration again.
   *
   * @throws ConfigError when it cannot be used; the one before stays
   */
  reload(): Promise<ReloadReport>;
}

/**
 * Starts the exporter over an API that is open.
 *
 * @param config that of `live`
 * @param ready whether the API could be loaded
 * @param patience how long it waits for its addresses
 * @throws ConfigError, ListenError
 */
export async function startExporter(
  config: Config,
  windows: Windows,
  ready: boolean,
  log: Logger,
  live = LiveConfig.fixed(config),
  patience: Patience = IMPATIENT,
): Promise<Exporter> {
  const collectors = allCollectors(config);
  const listeners = [problemLog(log), connectionLog(log, config.connections)];
  const scraper = new Scraper(windows, chooseCollectors(collectors, config.collectors), (result) => {
    for (const listener of listeners) listener(result);
  });
  const prepare = (next: Config) => {
    const chosen = chooseCollectors(collectors, next.collectors);
    return () => scraper.use(chosen);
  };
  const reloader = new Reloader(live, prepare, log);
  let push: Push | undefined;
  const ownFamilies = () => [
    buildFamily(windows.name),
    heartbeatFamily(),
    ...reloader.families(),
    ...(push?.families() ?? []),
    ...(config.web.exporterMetrics ? processFamilies() : []),
  ];
  // Before it listens: what cannot be loaded keeps it from starting.
  const [door, startPush] = await Promise.all([openDoor(config.web.configFile, log), loadPush(config, log)]);
  const app = createApp({
    config,
    scraper,
    reload: () => reloader.reload(),
    windows,
    log,
    ready: () => ready,
    ownFamilies,
    guard: door?.guard,
  });
  let awaited: string | undefined;
  const servers = await listenPatiently(() => listen(config.web.listenAddresses, app, door), {
    ...patience,
    waiting(problem) {
      if (problem.message !== awaited) log.warn('Waiting for an address', { err: problem.message });
      awaited = problem.message;
      patience.waiting(problem);
    },
  });
  log.info('Started ras_exporter', { version: VERSION, revision: REVISION, node: process.version, api: windows.name });
  if (windows.name === 'simulated') log.warn('Simulated API: these are not the connections of this machine');
  const tls = door?.tls ?? false;
  for (const address of servers.addresses) log.info('Listening', { address, path: config.web.telemetryPath, tls });
  for (const warning of config.warnings) log.warn('Configuration', { warning });
  log.debug('Configuration', shownSettings(live.settings));
  push = startPush?.(async (timeout) => {
    const { families } = await scraper.scrape(timeout);
    return [...families, ...ownFamilies()];
  });
  return {
    addresses: servers.addresses,
    async stop(grace) {
      await Promise.all([servers.close(grace), push?.stop(grace)]);
      await door?.close();
    },
    reload: () => reloader.reload(),
  };
}

/** What it loads, TLS, YAML and passwords, is for those who ask for it. */
async function openDoor(file: string | undefined, log: Logger): Promise<FrontDoor | undefined> {
  if (file === undefined) return undefined;
  const [{ openFrontDoor }, { WebConfigError }] = await Promise.all([
    import('../web/config/front-door.ts'),
    import('../web/config/web-config.ts'),
  ]);
  try {
    return openFrontDoor(file, log);
  } catch (error) {
    if (error instanceof WebConfigError) throw new ConfigError(`--web.config.file ${error.message}`);
    throw error;
  }
}

/** What begins to push, if that is wanted; else nothing of it is even loaded. */
async function loadPush(
  { otlp, scrape }: Config,
  log: Logger,
): Promise<((snapshot: TakeSnapshot) => Push) | undefined> {
  if (otlp === undefined) return undefined;
  const [{ preparePush }, { checkTlsFiles }, { readHostId }] = await Promise.all([
    import('../outputs/otlp/push.ts'),
    import('../config/otlp-files.ts'),
    import('../ras/host-id.ts'),
  ]);
  checkTlsFiles(otlp.tls);
  const [start, hostId] = await Promise.all([preparePush(otlp), readHostId()]);
  return (snapshot) => start({ snapshot, snapshotTimeout: () => scrape.timeout, hostId, log });
}

/** What an exporter runs on, and under. */
export interface ServeOptions {
  /** That of `live`. */
  readonly config: Config;
  readonly windows: Windows;
  /** Why the API cannot answer, if that is known already. */
  readonly problem?: Error | undefined;
  /** What can be loaded again; default: nothing can. */
  readonly live?: LiveConfig | undefined;
  readonly host?: Host;
}

/**
 * Runs the exporter until its host (SIGINT, SIGTERM, Ctrl+Break; the service control manager) ends the process, also while a
 * call into Windows hangs.
 *
 * @throws ConfigError, ListenError
 */
export async function serve({ config, windows, problem, live, host = terminal }: ServeOptions): Promise<void> {
  const log = openLog(config);
  const isTold = config.log.file === host.complaints;
  host.onCrash(async (crash) => {
    if (!isTold) log.error('Crashed', { err: crash.message, stack: crash.stack });
    await log.close(LOG_GRACE);
  });
  try {
    // Asked for by name it has to be there; chosen by default, its absence is something to report.
    if (problem !== undefined && config.ras.api === 'rasapi32') throw problem;
    if (problem !== undefined) log.error('The RAS API cannot be loaded', { err: problem.message });
    await runUntilStopped({ config, windows, problem, live, host }, log);
  } catch (error) {
    if (!isTold) log.error('Cannot start', { err: error instanceof Error ? error.message : String(error) });
    await log.close(LOG_GRACE);
    if (log.busy) host.failedHanging();
    throw error;
  }
}

/** Starts the exporter, and has it stopped when the host says so. */
async function runUntilStopped(
  { config, windows, problem, live, host }: ServeOptions & { host: Host },
  log: OpenLog,
): Promise<void> {
  const starting = startExporter(config, windows, problem === undefined, log, live, host.patience);
  let stopping = false;
  const stop = async (reason: LogFields) => {
    if (stopping) return;
    stopping = true;
    log.info('Stopping', reason);
    const exporter = await starting.catch(() => undefined);
    // One that could not start ends by itself, with its own code.
    if (exporter === undefined) return;
    await exporter.stop(STOP_GRACE);
    await log.close(LOG_GRACE);
    await host.end(0, isHanging(windows) || log.busy);
  };
  // Before it listens: whoever reads in the log that it does may stop it in the same moment.
  host.onStop((reason) => void stop(reason));
  if (live?.file !== undefined && process.platform !== 'win32') {
    // The reloader has logged what is wrong.
    process.on('SIGHUP', () => void starting.then((exporter) => exporter.reload()).catch(() => {}));
  }
  await starting;
  host.started(log);
}

function openLog(config: Config): OpenLog {
  try {
    return openLogger(config.log);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`--log.file cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}
