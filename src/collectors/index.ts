/** The list of collectors, in the order in which those of one lane run: a new one is a new file and one line here. */
import type { Config } from '../config/config.ts';
import type { Collector } from './collector.ts';
import { connectionsCollector } from './connections/connections.ts';
import { Phonebooks } from './phonebooks.ts';

/** What collectors share from scrape to scrape. */
interface Shared {
  readonly phonebooks: Phonebooks;
}

const COLLECTORS: readonly ((config: Config, shared: Shared) => Collector)[] = [
  ({ connections }, { phonebooks }) => connectionsCollector(connections, phonebooks),
];

/** Every collector there is, whether enabled or not. Parts of `config` are read when a collector collects: they may change. */
export function allCollectors(config: Config): Collector[] {
  const shared: Shared = { phonebooks: new Phonebooks(config.phonebook) };
  return COLLECTORS.map((make) => make(config, shared));
}
