/** `ras_exporter`: serves metrics until it is told to stop. */
import { chooseCollectors } from '../collectors/choose.ts';
import { allCollectors } from '../collectors/index.ts';
import { Scraper } from '../collectors/scrape.ts';
import { type Config, ConfigError } from '../config/config.ts';
import { leave } from '../leave.ts';
import { type Logger, openLogger } from '../logging/logger.ts';
import { problemLog } from '../logging/problem-log.ts';
import { buildFamily } from '../metrics/build.ts';
import { heartbeatFamily } from '../metrics/heartbeat.ts';
import { processFamilies } from '../metrics/process.ts';
import type { Push, TakeSnapshot } from '../outputs/otlp/push.ts';
import { isHanging, type Windows } from '../ras/windows.ts';
import { REVISION, VERSION } from '../version.ts';
import { createApp } from '../web/app.ts';
import { listen } from '../web/listen.ts';

/** Milliseconds that a stop leaves to requests in flight. */
const STOP_GRACE = 4000;

/** A running exporter. */
export interface Exporter {
  /** What it listens on: `127.0.0.1:10600`. */
  readonly addresses: readonly string[];
  /** Takes no new request, lets those in flight end and pushes a last time, for at most `grace` milliseconds. */
  stop(grace: number): Promise<void>;
}

/**
 * Starts the exporter over an API that is open.
 *
 * @param ready whether the API could be loaded
 * @throws ConfigError, ListenError
 */
export async function startExporter(config: Config, windows: Windows, ready: boolean, log: Logger): Promise<Exporter> {
  const collectors = chooseCollectors(allCollectors(config), config.collectors);
  const scraper = new Scraper(windows, collectors, problemLog(log));
  let push: Push | undefined;
  const ownFamilies = () => [
    buildFamily(windows.name),
    heartbeatFamily(),
    ...(push?.families() ?? []),
    ...(config.web.exporterMetrics ? processFamilies() : []),
  ];
  const app = createApp({ config, scraper, api: windows.name, log, ready: () => ready, ownFamilies });
  // Before it listens: what cannot be loaded keeps it from starting.
  const startPush = await loadPush(config, log);
  const servers = await listen(config.web.listenAddresses, app);
  log.info('Started ras_exporter', { version: VERSION, revision: REVISION, node: process.version, api: windows.name });
  if (windows.name === 'simulated') log.warn('Simulated API: these are not the connections of this machine');
  for (const address of servers.addresses) log.info('Listening', { address, path: config.web.telemetryPath });
  push = startPush?.(async (timeout) => {
    const { families } = await scraper.scrape(timeout);
    return [...families, ...ownFamilies()];
  });
  return {
    addresses: servers.addresses,
    stop: async (grace) => {
      await Promise.all([servers.close(grace), push?.stop(grace)]);
    },
  };
}

/** What begins to push, if that is wanted; else nothing of it is even loaded. */
async function loadPush(
  { otlp, scrape }: Config,
  log: Logger,
): Promise<((snapshot: TakeSnapshot) => Push) | undefined> {
  if (otlp === undefined) return undefined;
  const [{ preparePush }, { readHostId }] = await Promise.all([
    import('../outputs/otlp/push.ts'),
    import('../ras/host-id.ts'),
  ]);
  const [start, hostId] = await Promise.all([preparePush(otlp), readHostId()]);
  return (snapshot) => start({ snapshot, snapshotTimeout: scrape.timeout, hostId, log });
}

/**
 * Runs the exporter until SIGINT, SIGTERM or Ctrl+Break ends the process, also while a call into Windows hangs.
 *
 * @param problem why the API cannot answer, if that is known already
 * @throws ConfigError, ListenError
 */
export async function serve(config: Config, windows: Windows, problem?: Error): Promise<void> {
  const log = openLog(config);
  if (problem !== undefined) log.error('The RAS API cannot be loaded', { err: problem.message });
  const starting = startExporter(config, windows, problem === undefined, log);
  let stopping = false;
  const stop = async (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    log.info('Stopping', { signal });
    const exporter = await starting.catch(() => undefined);
    // One that could not start ends by itself, with its own code.
    if (exporter === undefined) return;
    await exporter.stop(STOP_GRACE);
    await leave(0, isHanging(windows));
  };
  // Before it listens: whoever reads in the log that it does may stop it in the same moment.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGBREAK'] as const) process.on(signal, () => void stop(signal));
  await starting;
}

function openLog(config: Config): Logger {
  try {
    return openLogger(config.log);
  } catch (error) {
    throw new ConfigError(`--log.file cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}
