/** `ras_exporter`: serves metrics until it is told to stop. */
import { chooseCollectors } from '../collectors/choose.ts';
import { allCollectors } from '../collectors/index.ts';
import { Scraper } from '../collectors/scrape.ts';
import type { Config } from '../config/config.ts';
import type { Logger } from '../logging/logger.ts';
import { problemLog } from '../logging/problem-log.ts';
import { buildFamily } from '../metrics/build.ts';
import { processFamilies } from '../metrics/process.ts';
import type { RasApi } from '../ras/api.ts';
import { REVISION, VERSION } from '../version.ts';
import { createApp } from '../web/app.ts';
import { listen } from '../web/listen.ts';

/** A running exporter. */
export interface Exporter {
  /** What it listens on: `127.0.0.1:10600`. */
  readonly addresses: readonly string[];
  /** Takes no new request and lets those in flight end, for at most `grace` milliseconds. */
  stop(grace: number): Promise<void>;
}

/**
 * Starts the exporter over an API that is open.
 *
 * @param ready whether the API could be loaded
 * @throws ConfigError, ListenError
 */
export async function startExporter(config: Config, ras: RasApi, ready: boolean, log: Logger): Promise<Exporter> {
  const collectors = chooseCollectors(allCollectors(config), config.collectors);
  const app = createApp({
    config,
    scraper: new Scraper(ras, collectors, problemLog(log)),
    api: ras.name,
    log,
    ready: () => ready,
    ownFamilies: () => [buildFamily(ras.name), ...(config.web.exporterMetrics ? processFamilies() : [])],
  });
  log.info('Starting ras_exporter', { version: VERSION, revision: REVISION, node: process.version, api: ras.name });
  if (ras.name === 'simulated') log.warn('Simulated API: these are not the connections of this machine');
  const servers = await listen(config.web.listenAddresses, app);
  for (const address of servers.addresses) log.info('Listening', { address, path: config.web.telemetryPath });
  return { addresses: servers.addresses, stop: (grace) => servers.close(grace) };
}
