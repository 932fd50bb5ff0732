/** What alerts and recordings say of expected connections and of machines that report. */
import type { Thresholds } from './thresholds.ts';

/** What tells a connection apart. Other labels of a target may change, and the connection is the same. */
export const CONNECTION = 'job, instance, entry, phonebook';

/**
 * The last sample of a series, of a machine that reports.
 *
 * A scrape that is missed ends no series here, so `for` does not begin anew; and of what was sent, which Prometheus shows for five minutes
 * more, nothing is left when the machine has fallen asleep.
 */
export function reported(series: string, { reportedWithin }: Thresholds): string {
  return `last_over_time(${series}[${reportedWithin}])`;
}

/** Connections that should be up and are not; the value is 1. */
export function expectedDown(limits: Thresholds): string {
  return `${reported('ras_connection_expected', limits)} == 1 and ${reported('ras_connection_up', limits)} == 0`;
}

/**
 * The right side of a multiplication that brings along the label `server` of a connection, the one that alerts want of `ras_connection_info`.
 *
 * The newest holds, where the one from before a change is seen as well. Not recorded: what was recorded before a restart of
 * Prometheus would stand beside it for five minutes, and the multiplication fail for all machines.
 */
export function withServer(limits: Thresholds, matchers = ''): string {
  const info = `ras_connection_info${matchers}`;
  return `on (${CONNECTION}) group_left (server) group by (${CONNECTION}, server) (
    topk by (${CONNECTION}) (1, timestamp(${info}) or ${reported(info, limits)})
  )`;
}
