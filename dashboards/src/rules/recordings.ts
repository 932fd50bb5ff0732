/** The recording rules. Each stands after those that it uses. */
import { increaseFromBirth } from '../increase.ts';
import type { Recording } from './rule.ts';
import type { Thresholds } from './thresholds.ts';

/** What tells a connection apart. Other labels of a target may change, and the connection is the same. */
const CONNECTION = 'job, instance, entry, phonebook';

/** One that is chosen from by labels: its expression with the matchers where they belong. */
function choosable(record: string, meaning: string, chosen: (matchers: string) => string): Recording {
  return { record, meaning, expr: chosen(''), chosen };
}

function withMatcher(matchers: string, matcher: string): string {
  return matchers === '' ? `{${matcher}}` : `{${matchers.slice(1, -1)}, ${matcher}}`;
}

/** Expected connections by server. Where metrics are sent, a connection whose labels have changed is there twice for a while. */
function countByServer(connections: string, matchers = ''): string {
  return `count by (job, server) (
  max by (${CONNECTION}) (${connections})
  * on (${CONNECTION}) group_left (server) connection:ras_connection_server:info${matchers}
)`;
}

/** An event log that cannot be read says nothing new of the entries that it once told of. */
const TOLD_BY_EVENT_LOG = `(
    ras_dial_failures_total unless on (job, instance) ras_exporter_collector_success{collector="events"} == 0
  )`;

/** All recordings. */
export function recordings(limits: Thresholds): readonly Recording[] {
  return [
    choosable(
      'connection:ras_connection_server:info',
      'The server of each connection of a machine that reports; the one label that alerts want of ras_connection_info.',
      // Where metrics are sent, the series from before a change, or of a laptop that has fallen asleep, is seen for five
      // minutes more: the newest is the one that holds, and it has to be new.
      (matchers) => `group by (${CONNECTION}, server) (
  topk by (${CONNECTION}) (1, timestamp(ras_connection_info${matchers}) > time() - ${limits.connectionDownFreshSeconds})
)`,
    ),
    {
      record: 'server:ras_connections_expected:count',
      meaning: 'Connections that should be up, by server.',
      expr: countByServer('ras_connection_expected == 1 and ras_connection_up'),
    },
    choosable(
      'server:ras_connections_expected_down:count',
      'Connections that should be up and are not, by server.',
      (matchers) => countByServer('ras_connection_expected == 1 and ras_connection_up == 0', matchers),
    ),
    {
      record: 'job:ras_connections_expected_up:ratio',
      meaning: 'Share of the connections that should be up which are up.',
      expr: 'avg by (job) (ras_connection_up and ras_connection_expected == 1)',
    },
    choosable(
      'entry:ras_failures:increase15m',
      'Failures of the last 15 minutes by entry and code: by the event log, else by what the scrapes have seen.',
      (matchers) => `sum without (phase) ${increaseFromBirth('ras_dial_failures_total', '15m', matchers)} > 0
or
  sum without (phonebook) ${increaseFromBirth('ras_connection_errors_total', '15m', matchers)} > 0
  unless on (job, instance, entry) ${TOLD_BY_EVENT_LOG}`,
    ),
    choosable(
      'code:ras_failing_machines:count15m',
      'Machines that report and on which connections failed in the last 15 minutes, by code.',
      // Failures of a machine that has gone to sleep stay in the window, and it is among the machines no more.
      (matchers) => `count by (job, error_code, error, category) (
  count by (job, instance, error_code, error, category) (
    entry:ras_failures:increase15m${withMatcher(matchers, 'category!="cancelled"')}
    and on (job, instance) ras_exporter_build_info
  )
)`,
    ),
    {
      record: 'job:ras_machines:count',
      meaning: 'Machines whose exporter reports.',
      expr: 'count by (job) (count by (job, instance) (ras_exporter_build_info))',
    },
    {
      record: 'ras:machines:count',
      meaning: 'The same over all jobs, and 0 where none reports: as long as these rules are loaded it is there.',
      expr: 'count(count by (job, instance) (ras_exporter_build_info)) or vector(0)',
    },
  ];
}
