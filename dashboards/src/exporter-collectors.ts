/** `RAS / Exporter`, first part: whether it works, what its collectors and its calls into Windows do. */
import { columns } from './columns.ts';
import type { Row } from './dashboard.ts';
import { increaseFromBirth } from './increase.ts';
import { OUR_MACHINES } from './known.ts';
import { asDataLink, errorLink } from './links.ts';
import { bars, comparison, lines, stat, stateTimeline, table } from './panels.ts';
import { now, overTime, rows } from './query.ts';
import { GOOD_YES, NEUTRAL, SCRAPED, SERVICE_STATE_NAMES, SERVICE_STATE_WORDS, stateNumber, steps } from './values.ts';
import { MACHINE } from './variables.ts';

const WINDOW = '$__rate_interval';

/** One number for each machine: 1 is well, 0 is not. */
function well(title: string, description: string, expr: string, span = 4) {
  const basics = { title, description, unit: 'none', span, nothing: 'Unknown', words: GOOD_YES };
  return stat(basics, now(expr, '{{instance}}'));
}

export const overviewRow: Row = {
  title: 'Overview',
  panels: [
    stat(
      {
        title: 'Scraped',
        description:
          'Whether Prometheus could scrape the exporter last time (up). One that pushes its metrics cannot be asked so: look at ' +
          'the row OTLP.',
        unit: 'none',
        span: 4,
        nothing: 'Unknown',
        words: SCRAPED,
      },
      now(
        `(up{${MACHINE}} and on (job, instance) ${OUR_MACHINES})
  or 2 * max by (job, instance) (ras_exporter_build_info{${MACHINE}} unless on (job, instance) up{${MACHINE}})`,
        '{{instance}}',
      ),
    ),
    well('Windows answers', 'Whether RasEnumConnectionsW answered in the last scrape (ras_up).', `ras_up{${MACHINE}}`),
    well(
      'RasMan runs',
      'Whether the service RasMan runs (ras_manager_running). While it is stopped there is no connection, and it is not started.',
      `ras_manager_running{${MACHINE}}`,
    ),
    well(
      'Configuration is loaded',
      'Whether the last attempt to load the configuration succeeded (ras_exporter_config_last_reload_successful).',
      `ras_exporter_config_last_reload_successful{${MACHINE}}`,
    ),
    stat(
      {
        title: 'Configuration from',
        description:
          'When the configuration in use was loaded (ras_exporter_config_last_reload_success_timestamp_seconds).',
        unit: 'dateTimeFromNow',
        span: 4,
        nothing: 'Unknown',
      },
      now(`ras_exporter_config_last_reload_success_timestamp_seconds{${MACHINE}} * 1000`, '{{instance}}'),
    ).thresholds(NEUTRAL),
    stat(
      {
        title: 'Runs for',
        description: 'Time since the process started (process_start_time_seconds).',
        unit: 'dtdurations',
        span: 4,
        nothing: 'Unknown',
      },
      now(
        `time() - (process_start_time_seconds{${MACHINE}} and on (job, instance) ras_exporter_build_info{${MACHINE}})`,
        '{{instance}}',
      ),
    ).thresholds(NEUTRAL),
    columns(
      table(
        {
          title: 'Exporters',
          description:
            'Versions, and which API answers: simulated is not the machine itself (ras_exporter_build_info).',
          unit: 'none',
          span: 12,
          height: 6,
          nothing: 'None reports',
        },
        rows(`ras_exporter_build_info{${MACHINE}}`),
      ),
      {
        job: { title: 'Job', width: 90 },
        instance: { title: 'Instance', width: 210 },
        version: { title: 'Version', width: 80 },
        revision: { title: 'Revision' },
        api: { title: 'API' },
        node_version: { title: 'Node.js', width: 90 },
      },
    ),
    comparison(
      {
        title: 'Entries by phone book',
        description: 'Entries of each phone book that can be read (ras_phonebook_entries).',
        unit: 'short',
        span: 6,
        height: 6,
        nothing: 'Unknown',
      },
      now(`sum by (phonebook) (ras_phonebook_entries{${MACHINE}})`, '{{phonebook}}'),
    ).thresholds(steps('blue')),
    comparison(
      {
        title: 'Devices by type',
        description: 'What the machines could dial with (ras_devices).',
        unit: 'short',
        span: 6,
        height: 6,
        nothing: 'Unknown',
      },
      now(`sum by (device_type) (ras_devices{${MACHINE}})`, '{{device_type}}'),
    ).thresholds(steps('blue')),
  ],
};

export const collectorsRow: Row = {
  title: 'Collectors',
  panels: [
    stateTimeline(
      {
        title: 'Which collectors read all that they read',
        description:
          'By collector, the worst of the chosen machines (ras_exporter_collector_success). Why one fails is in the log of the ' +
          'exporter, and on its page /debug/scrape.',
        unit: 'none',
        span: 12,
        height: 8,
      },
      overTime(`min by (collector) (ras_exporter_collector_success{${MACHINE}})`, '{{collector}}'),
    ).mappings(GOOD_YES),
    lines(
      {
        title: 'Time of the collectors',
        description: 'The slowest of the chosen machines (ras_exporter_collector_duration_seconds).',
        unit: 's',
        span: 12,
      },
      overTime(`max by (collector) (ras_exporter_collector_duration_seconds{${MACHINE}})`, '{{collector}}'),
    ).min(0),
    lines(
      {
        title: 'Collectors that were not done in time',
        description:
          'How many of the chosen machines have a call into Windows that did not return before the deadline ' +
          '(ras_exporter_collector_timeout).',
        unit: 'short',
        span: 8,
      },
      overTime(`sum by (collector) (ras_exporter_collector_timeout{${MACHINE}})`, '{{collector}}'),
    ).min(0),
    stateTimeline(
      {
        title: 'Service RasMan',
        description: 'Its state (ras_manager_state).',
        unit: 'none',
        span: 8,
        height: 8,
      },
      overTime(stateNumber('ras_manager_state', MACHINE, SERVICE_STATE_NAMES), '{{instance}}'),
    ).mappings(SERVICE_STATE_WORDS),
    bars(
      {
        title: 'Records of the event log that were not counted',
        description: 'Cleared, overwritten or unreadable: dials may be missing (ras_events_skipped_total).',
        unit: 'short',
        span: 8,
      },
      overTime(`sum by (reason) (increase(ras_events_skipped_total{${MACHINE}}[${WINDOW}])) > 0`, '{{reason}}'),
    ),
  ],
};

export const callsRow: Row = {
  title: 'Calls into Windows',
  panels: [
    lines(
      {
        title: 'Calls, by function',
        description: 'What the scrapes ask Windows for (ras_api_calls_total).',
        unit: 'ops',
        span: 12,
      },
      overTime(`sum by (function) (rate(ras_api_calls_total{${MACHINE}}[${WINDOW}]))`, '{{function}}'),
    ).min(0),
    bars(
      {
        title: 'Errors, by function and code',
        description:
          'Calls that returned an error: why the exporter could not ask, never why a connection failed (ras_api_errors_total). ' +
          'Click a bar for what the code means.',
        unit: 'short',
        span: 12,
      },
      overTime(
        `sum by (function, error_code, error) ${increaseFromBirth('ras_api_errors_total', WINDOW, `{${MACHINE}}`, `{${MACHINE}}`)} > 0`,
        '{{function}}: {{error_code}} {{error}}',
      ),
    ).dataLinks([asDataLink(errorLink('series'))]),
  ],
};
