/** The recording rules. Each stands after those that it uses. */
import type { Recording } from './rule.ts';

/** Target labels beside job and instance stay, where they can: alerts are routed by them. */
const CONNECTION = 'job, instance, entry, phonebook';

/**
 * Failures of the last 15 minutes by a counter whose series are born with the first failure of a code, at 1, where `increase()`
 * sees nothing. A newborn series counts whole, unless its machine is new as well: then nobody knows how old the failures are.
 */
function failures(counter: string, labelBesides: string): string {
  return `sum without (${labelBesides}) (
    ${counter} unless ${counter} offset 15m
      and on (job, instance) ras_exporter_build_info offset 15m
    or increase(${counter}[15m])
  ) > 0`;
}

export const RECORDINGS: readonly Recording[] = [
  {
    record: 'connection:ras_connection_server:info',
    matched: /ras_connection_info/,
    meaning: 'The server of each connection; the one label that alerts want of ras_connection_info.',
    // Where metrics are sent, the series from before a change lives for five minutes beside the new one.
    expr: `topk without (server) (1,
  max without (device_type, device_name, protocol, ownership, entry_id) (ras_connection_info)
)`,
  },
  {
    record: 'server:ras_connections_expected:count',
    meaning: 'Connections that should be up, by server.',
    expr: `count by (job, server) (
  (ras_connection_expected == 1 and ras_connection_up)
  * on (${CONNECTION}) group_left (server) connection:ras_connection_server:info
)`,
  },
  {
    record: 'server:ras_connections_expected_down:count',
    matched: /connection:ras_connection_server:info/,
    meaning: 'Connections that should be up and are not, by server.',
    expr: `count by (job, server) (
  (ras_connection_expected == 1 and ras_connection_up == 0)
  * on (${CONNECTION}) group_left (server) connection:ras_connection_server:info
)`,
  },
  {
    record: 'job:ras_connections_expected_up:ratio',
    meaning: 'Share of the connections that should be up which are up.',
    expr: 'avg by (job) (ras_connection_up and ras_connection_expected == 1)',
  },
  {
    record: 'entry:ras_failures:increase15m',
    matched: /ras_dial_failures_total|ras_connection_errors_total/,
    meaning: 'Failures of the last 15 minutes by entry and code: by the event log, else by what the scrapes have seen.',
    expr: `  ${failures('ras_dial_failures_total', 'phase')}
or
  ${failures('ras_connection_errors_total', 'phonebook')}`,
  },
  {
    record: 'code:ras_failing_machines:count15m',
    matched: /entry:ras_failures:increase15m/,
    meaning: 'Machines on which connections failed in the last 15 minutes, by code.',
    expr: `count by (job, error_code, error, category) (
  count by (job, instance, error_code, error, category) (entry:ras_failures:increase15m{category!="cancelled"})
)`,
  },
  {
    record: 'job:ras_machines:count',
    meaning: 'Machines whose exporter reports.',
    expr: 'count by (job) (ras_exporter_build_info)',
  },
];
