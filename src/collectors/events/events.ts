/**
 * Collector `events`: dials, failures and disconnections, as the event log has them.
 *
 * A dial that fails between two scrapes leaves no handle behind; only the records that RasClient writes to the Application log
 * tell of it. At each scrape those since the last one are read. It makes no call of RAS: how the entries are spelled it knows
 * from what the collectors that read the phone books have read last.
 */
import type { Family, Sample, Series } from '../../metrics/metric.ts';
import type { EventLog, EventPosition, EventStart } from '../../ras/event-log.ts';
import type { Collector } from '../collector.ts';
import { type EntryFilter, isShown } from '../entry-filter.ts';
import type { Phonebooks } from '../phonebooks.ts';
import type { EntryHistory } from './entry-history.ts';
import { DialHistory } from './history.ts';
import * as metric from './metrics.ts';

/** Records that one scrape reads at most: a log that was never read must not cost the scrape its deadline. */
const MOST_RECORDS = 2000;

/** Records that are asked for at once: what was read is counted before the next are asked for. */
const BATCH = 500;

/** Milliseconds after which a scrape asks for no more: a share of the usual time-out, whatever reading costs here. */
const READING_TIME = 2000;

/** Milliseconds that the very first scrape waits for the phone books: their entries are then there from 0 on. */
const PATIENCE = 250;

/**
 * Makes the collector; one instance keeps the counters of one exporter.
 *
 * @param since milliseconds before now from which on records are counted (`--collector.events.since`)
 * @param phonebooks what they say is looked up, never read; without them entries are spelled as in the event log
 * @param wallClock Unix time in milliseconds
 */
export function eventsCollector(
  since = 0,
  filter: EntryFilter = {},
  phonebooks?: Phonebooks,
  wallClock: () => number = Date.now,
): Collector {
  const start = wallClock() - since;
  const history = new DialHistory(start);
  const skipped = metric.SKIP_REASONS.map(
    (reason) => [reason, metric.eventsSkipped.series({ reason }, start)] as const,
  );
  let position: EventPosition | EventStart = { since: start };
  let isFirst = true;

  const read = async (eventLog: EventLog, signal: AbortSignal) => {
    const began = performance.now();
    let left = MOST_RECORDS;
    while (left > 0 && performance.now() - began < READING_TIME) {
      const batch = await eventLog.read(position, Math.min(left, BATCH), signal);
      // In one step: whatever fails later, no record is counted twice or forgotten.
      history.count(batch);
      position = batch.position;
      const seen = batch.records.length + batch.unreadable;
      // One that promises more and gives nothing is asked again at the next scrape.
      if (!batch.more || seen === 0) return;
      left -= seen;
    }
  };

  return {
    name: 'events',
    lane: 'wevtapi',
    metrics: metric.eventsMetrics,
    enabledByDefault: true,
    async collect({ eventLog, signal, report }) {
      history.nextRound();
      report(() => {
        const entries = history.entries(phonebooks?.lastRead.map(({ entry }) => entry) ?? []);
        return [
          ...entryFamilies(entries.filter(({ series }) => isShown(series.entry, filter))),
          metric.eventsSkipped.family(skipped.map(([reason, series]) => series.at(history.skipped[reason]))),
        ];
      });
      const patience = isFirst && phonebooks !== undefined ? patientlyAwait(phonebooks.firstReading) : undefined;
      isFirst = false;
      try {
        await read(eventLog, signal);
      } finally {
        await patience;
      }
    },
  };
}

/** Settles with `reading`, or when that takes too long: the phone books belong to another lane, which may hang. */
async function patientlyAwait(reading: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, PATIENCE);
  });
  await Promise.race([reading, patience]);
  clearTimeout(timer);
}

function entryFamilies(entries: readonly EntryHistory[]): Family[] {
  const failures: Sample[] = [];
  const disconnects: Sample[] = [];
  const each = (sampleOf: (entry: EntryHistory) => Sample) => entries.map(sampleOf);
  const known = (series: (entry: EntryHistory) => Series, time: (entry: EntryHistory) => number | undefined) =>
    entries.flatMap((entry) => {
      const value = time(entry);
      return value === undefined ? [] : [series(entry).at(value)];
    });
  for (const { series, failures: byCode, disconnects: byReason } of entries) {
    for (const [code, phases] of byCode) {
      for (const [phase, value] of phases) failures.push(series.failure(code, phase).at(value));
    }
    for (const [code, value] of byReason) disconnects.push(series.disconnect(code).at(value));
  }
  return [
    metric.attempts.family(each(({ series, attempts }) => series.attempts.at(attempts))),
    metric.connected.family(each(({ series, connected }) => series.connected.at(connected))),
    metric.failed.family(each(({ series, failed }) => series.failed.at(failed))),
    metric.failures.family(failures),
    metric.disconnects.family(disconnects),
    metric.lastAttempt.family(
      known(
        ({ series }) => series.lastAttempt,
        ({ lastAttempt }) => lastAttempt,
      ),
    ),
    metric.lastConnected.family(
      known(
        ({ series }) => series.lastConnected,
        ({ lastConnected }) => lastConnected,
      ),
    ),
    metric.lastDisconnected.family(
      known(
        ({ series }) => series.lastDisconnected,
        ({ lastDisconnected }) => lastDisconnected,
      ),
    ),
    metric.lastFailure.family(
      known(
        ({ series }) => series.lastFailure,
        ({ lastFailure }) => lastFailure,
      ),
    ),
    // Ten series each: not for entries that nobody dials.
    metric.dialDuration.histograms(
      entries
        .filter(({ attempts, connected }) => attempts + connected > 0)
        .map(({ series, durations }) => ({ series: series.duration, value: durations })),
    ),
  ];
}
