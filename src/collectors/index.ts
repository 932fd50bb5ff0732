/** The list of collectors: a new one is a new file and one line here. */
import type { Config } from '../config/config.ts';
import type { Collector } from './collector.ts';
import { connectionsCollector } from './connections/connections.ts';

const COLLECTORS: readonly ((config: Config) => Collector)[] = [(config) => connectionsCollector(config.connections)];

/** Every collector there is, whether enabled or not. */
export function allCollectors(config: Config): Collector[] {
  return COLLECTORS.map((make) => make(config));
}
