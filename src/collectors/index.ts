/** The list of collectors, in the order in which those of one lane run: a new one is a new file and one line here. */
import type { Config } from '../config/config.ts';
import type { Collector } from './collector.ts';
import { connectionsCollector } from './connections/connections.ts';
import { devicesCollector } from './devices.ts';
import { eventsCollector } from './events/events.ts';
import { managerCollector } from './manager.ts';
import { phonebookCollector } from './phonebook.ts';
import { Phonebooks } from './phonebooks.ts';
import { projectionCollector } from './projection/projection.ts';
import { statisticsCollector } from './statistics/statistics.ts';

/** What collectors share from scrape to scrape. */
interface Shared {
  readonly phonebooks: Phonebooks;
}

const COLLECTORS: readonly ((config: Config, shared: Shared) => Collector)[] = [
  ({ connections }, { phonebooks }) => connectionsCollector(connections, phonebooks),
  ({ connections, phonebook }, { phonebooks }) =>
    phonebookCollector(connections, phonebooks, phonebook.paths.length > 0),
  ({ connections }, { phonebooks }) => statisticsCollector(connections, phonebooks),
  ({ projection, connections }, { phonebooks }) => projectionCollector(projection, connections, phonebooks),
  () => devicesCollector(),
  ({ connections, events: { since } }, { phonebooks }) => eventsCollector({ ...connections, since }, phonebooks),
  () => managerCollector(),
];

/** Every collector there is, whether enabled or not. */
export function allCollectors(config: Config): Collector[] {
  const shared: Shared = { phonebooks: new Phonebooks(config.phonebook.paths) };
  return COLLECTORS.map((make) => make(config, shared));
}
