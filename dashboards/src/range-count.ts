/**
 * How much counters rose within the time range of a dashboard, in whole numbers, also in the first hours of a machine.
 *
 * `increaseFromBirth` takes for newborn what was not there before its window while its collector was already telling. That suits
 * windows of minutes. In a range of hours the collector itself may be younger than the range: here a series is newborn when its
 * collector told in more scrapes of the range than it did. One that came with its collector (a new machine, one that was asleep)
 * brings its old failures along, and of these none counts. Asked of a few machines only: each sample of the range is read.
 */
import { type BornCounter, COUNTERS, rise } from './increase.ts';

/** As far as Prometheus itself looks back. */
const SEEN = '5m';

const RANGE = '$__range';

/** The buckets of a histogram are born with the first event of an entry, too. */
const DIAL_DURATIONS: BornCounter = { ...COUNTERS.ras_dial_duration_seconds_count, labels: ['entry', 'le'] };

/** The counters of which that can be asked. */
const IN_RANGE = {
  ras_dial_failures_total: COUNTERS.ras_dial_failures_total,
  ras_dial_duration_seconds_bucket: DIAL_DURATIONS,
} as const satisfies Readonly<Record<string, BornCounter>>;

/**
 * @param matchers label matchers in braces
 * @param machine those of them that choose machines, in braces
 */
export function countInRange(counter: keyof typeof IN_RANGE, matchers: string, machine: string): string {
  const { labels, companion, companionLabels }: BornCounter = IN_RANGE[counter];
  const list = (names: readonly string[]) => `(${['job', 'instance', ...names].join(', ')})`;
  const series = `${counter}${matchers}`;
  // Other labels of a target may change, and the series is the same: its scrapes are added up. The companion has further labels of
  // its own, of which each scrape has all.
  const scrapesOfSeries = `sum by ${list(labels)} (count_over_time(${series}[${RANGE}]))`;
  const scrapesOfCollector = `sum by ${list(companionLabels)} (max without (reason) (count_over_time(${companion}${machine}[${RANGE}])))`;
  const newborn = `(
    ${scrapesOfSeries} < on ${list(companionLabels)} group_left () ${scrapesOfCollector}
    unless on ${list(labels)} last_over_time(${series}[${SEEN}] offset ${RANGE})
  )`;
  // increase() guesses what lies beyond the first and the last sample: only where a restart leaves no choice.
  const risen = `(
    increase(${series}[${RANGE}]) and resets(${series}[${RANGE}]) > 0
    or ${rise(series, RANGE)}
  )`;
  return `(
  ${risen} + min_over_time(${series}[${RANGE}]) and on ${list(labels)} ${newborn}
  or ${risen}
)`;
}
