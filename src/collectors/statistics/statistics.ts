/**
 * Collector `statistics`: what every RAS connection has received and transmitted, how fast its link is, and since when it is
 * up.
 *
 * Reads RasEnumConnectionsW, RasEnumEntriesW and, for each connection that is up (RasGetConnectStatusW),
 * RasGetConnectionStatistics. The 32-bit counters of Windows begin anew with each connection; those shown here go on
 * (`carry.ts`), and are there from 0 for every entry of every phone book.
 */
import { Tracker } from '../../metrics/tracker.ts';
import type { RasStatistics } from '../../ras/api.ts';
import { CollectError, type Collector } from '../collector.ts';
import type { EntryFilter } from '../entry-filter.ts';
import { readEstablished } from '../established.ts';
import { knownIdentities } from '../identified.ts';
import type { Identity } from '../identity.ts';
import { Phonebooks } from '../phonebooks.ts';
import { TrafficHistory } from './history.ts';
import { type Link, StatisticsSamples, StatisticsSeries, statisticsMetrics } from './metrics.ts';

/** What lives from scrape to scrape for one identity. */
interface Tracked {
  readonly history: TrafficHistory;
  readonly series: StatisticsSeries;
}

/** The clocks that a test may set. */
export interface Clocks {
  /** Milliseconds, monotonic. */
  readonly monotonic: () => number;
  /** Milliseconds of Unix time. */
  readonly wall: () => number;
}

const CLOCKS: Clocks = { monotonic: () => performance.now(), wall: () => Date.now() };

/** Makes the collector; one instance keeps the counters of one exporter. */
export function statisticsCollector(
  filter: EntryFilter = {},
  phonebooks = new Phonebooks(),
  clocks: Clocks = CLOCKS,
): Collector {
  const tracker = new Tracker<Tracked, Identity>(({ entry, phonebook }) => ({
    history: new TrafficHistory(),
    series: new StatisticsSeries(entry, phonebook),
  }));

  return {
    name: 'statistics',
    lane: 'rasapi32',
    metrics: statisticsMetrics,
    enabledByDefault: true,
    async collect({ ras, signal, report }) {
      tracker.nextRound();
      const { identified, enumerated, problems } = await knownIdentities(ras, phonebooks, filter, signal);
      const links = new Map<Identity, Link>();
      const tracked = (identity: Identity) => tracker.get(identity.key, identity);
      report(() => {
        const samples = new StatisticsSamples();
        for (const { identity } of identified) {
          const { history, series } = tracked(identity);
          series.addTo(samples, history.totals, links.get(identity));
        }
        return samples.families();
      });
      if (enumerated) {
        for (const { identity, connections } of identified) tracked(identity).history.retain(connections);
        for (const { history } of tracker.idle()) history.retain([]);
      }
      const failures = await readEstablished(ras, identified, signal, async (connection, { identity, connections }) => {
        const statistics = await ras.getConnectionStatistics(connection.handle, signal);
        if (statistics === undefined) return;
        const reading = { statistics, at: clocks.monotonic(), time: clocks.wall() };
        const { history, series } = tracked(identity);
        const established = history.observe(connection, reading);
        series.reachBack(established);
        links.set(identity, linkOf(links.get(identity), statistics, established, connections.length === 1));
      });
      if (problems.length + failures.length > 0) throw new CollectError([...problems, ...failures]);
    },
  };
}

/** One more connection of an identity: speeds add up, the oldest says since when, and only a single link has a compression. */
function linkOf(others: Link | undefined, statistics: RasStatistics, established: number, isSingle: boolean): Link {
  const { bitsPerSecond, compressionIn: receive, compressionOut: transmit } = statistics;
  return {
    bitsPerSecond: bitsPerSecond + (others?.bitsPerSecond ?? 0),
    established: Math.min(established, others?.established ?? established),
    compression: isSingle ? { receive, transmit } : undefined,
  };
}
