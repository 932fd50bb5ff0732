/**
 * How much counters rose whose series are born above 0.
 *
 * A counter of failures with one code appears with the first failure, at 1, of which `increase()` sees nothing. Such a series
 * counts whole while it is newborn: it was not there before the window, though its collector was already telling then of what
 * the series would have been part of. Without this second half a series that was merely away for a while (RasMan stopped, phone books
 * that could not be read, a machine that slept) would bring all its old failures along as new ones.
 *
 * All others count by the difference of their samples; `increase()`, which makes up the edges of the window, where they began anew
 * within it.
 */

/** A counter whose series appear with the first event. */
export interface BornCounter {
  /** The labels that tell its series apart, beside job and instance. Others of the target may change: the series is the same. */
  readonly labels: readonly string[];
  /** What its collector exports whenever it would export the counter, be there an event or not … */
  readonly companion: string;
  /** … for each of these of the labels. */
  readonly companionLabels: readonly string[];
}

/** By the event log, which knows of entries that no phone book has: `ras_events_skipped_total` says that it is read at all. */
function byEventLog(...labels: readonly string[]): BornCounter {
  return { labels, companion: 'ras_events_skipped_total', companionLabels: [] };
}

/** The counters of which that can be asked. */
export const COUNTERS = {
  ras_dial_connected_total: byEventLog('entry'),
  ras_dial_duration_seconds_sum: byEventLog('entry'),
  ras_dial_duration_seconds_count: byEventLog('entry'),
  ras_dial_failures_total: byEventLog('entry', 'error_code', 'phase'),
  ras_disconnects_total: byEventLog('entry', 'reason_code'),
  ras_connection_errors_total: {
    labels: ['entry', 'phonebook', 'error_code'],
    companion: 'ras_connection_failures_total',
    companionLabels: ['entry', 'phonebook'],
  },
  ras_api_errors_total: {
    labels: ['function', 'error_code'],
    companion: 'ras_api_calls_total',
    companionLabels: ['function'],
  },
} as const satisfies Readonly<Record<string, BornCounter>>;

/** As long as Prometheus itself looks back for a sample: one scrape that was missed is no absence. */
const SEEN = '5m';

/**
 * How much a counter rose within a window, also when it was born within it.
 *
 * @param matchers label matchers in braces, or nothing
 * @param machine those of them that choose machines, in braces, or nothing
 */
export function increaseFromBirth(counter: keyof typeof COUNTERS, window: string, matchers = '', machine = ''): string {
  const { labels, companion, companionLabels }: BornCounter = COUNTERS[counter];
  const before = (series: string) => `last_over_time(${series}[${SEEN}] offset ${window})`;
  const on = (names: readonly string[]) => `on (${['job', 'instance', ...names].join(', ')})`;
  const series = `${counter}${matchers}`;
  return `(
  last_over_time(${series}[${SEEN}])
    unless ${on(labels)} ${before(series)}
    and ${on(companionLabels)} ${before(`${companion}${machine}`)}
  or increase(${series}[${window}]) and resets(${series}[${window}]) > 0
  or ${rise(series, window)}
)`;
}

/**
 * How much a counter rose between the first and the last sample of a window: a whole number, where `increase()` makes up what may
 * have been before the first and after the last, and of two failures five when there are but two samples. Of a counter that
 * began anew it is less than the truth, never more.
 */
export function rise(series: string, window: string): string {
  return `last_over_time(${series}[${window}]) - min_over_time(${series}[${window}])`;
}
