/** The recording rules. Each stands after those that it uses. */
import { increaseFromBirth } from '../increase.ts';
import { CONNECTION, expectedDown, reported, withServer } from './connections.ts';
import type { Recording } from './rule.ts';
import type { Thresholds } from './thresholds.ts';

/** One that is chosen from by labels: its expression with the matchers where they belong. */
function choosable(record: string, meaning: string, chosen: (matchers: string) => string): Recording {
  return { record, meaning, expr: chosen(''), chosen };
}

function withMatcher(matchers: string, matcher: string): string {
  return matchers === '' ? `{${matcher}}` : `{${matchers.slice(1, -1)}, ${matcher}}`;
}

/** Connections with their server. Where metrics are sent, one whose labels have changed is there twice for a while. */
function ofServer(connections: string, limits: Thresholds, matchers = ''): string {
  return `max by (${CONNECTION}) (${connections})
  * ${withServer(limits, matchers)}`;
}

/** An event log that cannot be read says nothing new of the entries that it once told of. */
function toldByEventLog(limits: Thresholds): string {
  return `(
    ${reported('ras_dial_failures_total', limits)}
    unless on (job, instance) ${reported('ras_exporter_collector_success{collector="events"}', limits)} == 0
  )`;
}

/** All recordings. */
export function recordings(limits: Thresholds): readonly Recording[] {
  const expected = `${reported('ras_connection_expected', limits)} == 1 and ${reported('ras_connection_up', limits)}`;
  return [
    {
      record: 'server:ras_connections_expected:count',
      meaning: 'Connections that should be up, by server.',
      expr: `count by (job, server) (
  ${ofServer(expected, limits)}
)`,
    },
    {
      record: 'server:ras_connections_expected_down:count',
      meaning: 'Connections that should be up and are not, by server.',
      expr: `count by (job, server) (
  ${ofServer(expectedDown(limits), limits)}
)`,
    },
    choosable(
      'server:ras_machines_expected_down:count',
      'Machines with a connection that should be up and is not, by server.',
      (matchers) => `count by (job, server) (
  count by (job, instance, server) (
    ${ofServer(expectedDown(limits), limits, matchers).replaceAll('\n', '\n  ')}
  )
)`,
    ),
    {
      record: 'job:ras_connections_expected_up:ratio',
      meaning: 'Share of the connections that should be up which are up.',
      expr: 'avg by (job) (ras_connection_up and ras_connection_expected == 1)',
    },
    choosable(
      'entry:ras_failures:increase15m',
      'Failures of the last 15 minutes by entry and code: by the event log, else by what the scrapes have seen.',
      // Rounded for those that began anew within the window: theirs are estimated.
      (matchers) => `round(sum without (phase) ${increaseFromBirth('ras_dial_failures_total', '15m', matchers)}) > 0
or
  round(sum without (phonebook) ${increaseFromBirth('ras_connection_errors_total', '15m', matchers)}) > 0
  unless on (job, instance, entry) ${toldByEventLog(limits)}`,
    ),
    choosable(
      'code:ras_failing_machines:count15m',
      'Machines that report and on which connections that are not up have failed again within 15 minutes, by code.',
      // Who is connected now has mistyped a password. Failures of a machine that has gone to sleep stay in the window, and it is
      // among the machines no more.
      (matchers) => `count by (job, error_code, error, category) (
  sum by (job, instance, error_code, error, category) (
    entry:ras_failures:increase15m${withMatcher(matchers, 'category!="cancelled"')}
    unless on (job, instance, entry) ${reported('ras_connection_up', limits)} == 1
    and on (job, instance) ${reported('ras_exporter_build_info', limits)}
  ) >= ${limits.manyFailingFailures}
)`,
    ),
    {
      record: 'job:ras_machines:count',
      meaning: 'Machines whose exporter reports.',
      expr: `count by (job) (count by (job, instance) (${reported('ras_exporter_build_info', limits)}))`,
    },
    {
      record: 'ras:machines:count',
      meaning: 'The same over all jobs, and 0 where none reports: as long as these rules are loaded it is there.',
      expr: `count(count by (job, instance) (${reported('ras_exporter_build_info', limits)})) or vector(0)`,
    },
  ];
}
