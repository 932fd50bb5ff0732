/** `RAS / Fleet`: thousands of machines at once. How many are down, which need attention, and why. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { columns } from './columns.ts';
import { dashboard, type Row } from './dashboard.ts';
import { DOWN, EXPECTED, NEEDS_ATTENTION, NOT_SCRAPED, perMachine, SCRAPED, TOLD } from './fleet-queries.ts';
import { connectionsTable, errorsTable, machinesTable, NONE_OR_NOT_RECORDED } from './fleet-tables.ts';
import { OUR_JOBS } from './known.ts';
import { asDataLink, errorLink } from './links.ts';
import { bars, comparison, lines, stat, table } from './panels.ts';
import { UIDS } from './project.ts';
import { now, orZero, overTime, rows } from './query.ts';
import { ANY_IS_BAD, LOADED, NEUTRAL, steps } from './values.ts';
import { dataSourceVariable, entryVariable, instanceVariable, JOB, jobVariable, MACHINE } from './variables.ts';

const overview: Row = {
  title: 'Overview',
  panels: [
    stat(
      {
        title: 'Machines',
        description: 'Machines whose exporter reports.',
        unit: 'short',
        span: 3,
        nothing: 'Unknown',
      },
      now(orZero(`count(${perMachine(`ras_exporter_build_info{${MACHINE}}`)})`)),
    ).thresholds(steps('red', [1, 'text'])),
    stat(
      {
        title: 'Need attention',
        description:
          'Machines with at least one of these: a connection that should be up is down; Prometheus cannot scrape the exporter; ' +
          'Windows does not tell about its connections; a collector fails; an entry failed three times or more with one error ' +
          'within 15 minutes. The table below names them.',
        unit: 'short',
        span: 4,
        nothing: 'No exporter known',
      },
      now(orZero(`count(\n  ${NEEDS_ATTENTION}\n)`, OUR_JOBS)),
    ).thresholds(ANY_IS_BAD),
    stat(
      {
        title: 'Expected',
        description:
          'Connections that should be up: Always On, or chosen by --collector.connections.expected (ras_connection_expected).',
        unit: 'short',
        span: 3,
        nothing: 'Unknown',
      },
      now(orZero(`count(${EXPECTED})`, TOLD)),
    ).thresholds(NEUTRAL),
    stat(
      {
        title: 'Expected and down',
        description: 'Connections that should be up and are not (ras_connection_expected, ras_connection_up).',
        unit: 'short',
        span: 4,
        nothing: 'Unknown',
      },
      now(orZero(`count(${DOWN})`, TOLD)),
    ).thresholds(ANY_IS_BAD),
    stat(
      {
        title: 'Expected and up',
        description: 'Share of the connections that should be up which are up.',
        unit: 'percentunit',
        span: 3,
        nothing: 'None or unknown',
      },
      now(`avg(${EXPECTED})`),
    )
      .decimals(2)
      .thresholds(steps('red', [0.95, 'orange'], [0.99, 'green'])),
    stat(
      {
        title: 'Not scraped',
        description:
          'Machines whose exporter Prometheus cannot scrape: nobody knows about their connections. Exporters that push their ' +
          'metrics cannot be counted so; the alert RasExporterSilent is for them.',
        unit: 'short',
        span: 4,
        nothing: 'None is scraped',
      },
      now(orZero(`count(${NOT_SCRAPED})`, SCRAPED)),
    ).thresholds(ANY_IS_BAD),
    stat(
      {
        title: 'Recording rules',
        description:
          'Whether Prometheus has loaded dashboards/prometheus/ras-recording.yaml. Errors, failures and the row History are ' +
          'read from what it records.',
        unit: 'none',
        span: 3,
        nothing: 'Unknown',
        words: LOADED,
      },
      now(orZero('count(ras:machines:count)')),
    ).thresholds(NEUTRAL),
  ],
};

const attention: Row = {
  title: 'What needs attention',
  panels: [
    machinesTable(),
    connectionsTable(),
    errorsTable(),
    comparison(
      {
        title: 'Connections and entries by state',
        description: 'All that the machines know, expected or not (ras_connections).',
        unit: 'short',
        span: 6,
        nothing: 'Unknown',
      },
      now(`sum by (state) (ras_connections{${MACHINE}})`, '{{state}}'),
    ).thresholds(steps('blue')),
    columns(
      table(
        {
          title: 'Exporters by version',
          description:
            'Which versions run, and on which API: simulated is not the machine itself (ras_exporter_build_info).',
          unit: 'short',
          span: 6,
          nothing: 'None reports',
        },
        rows(`count by (version, api) (ras_exporter_build_info{${MACHINE}})`),
      ),
      { version: { title: 'Version', width: 90 }, api: { title: 'API' }, Value: { title: 'Machines', width: 90 } },
    ),
  ],
};

const history: Row = {
  title: 'History of whole jobs, from the recording rules (instance and entry do not apply)',
  panels: [
    lines(
      {
        title: 'Expected connections that are up',
        description:
          'Share of the connections that should be up which are up, by job (job:ras_connections_expected_up:ratio).',
        unit: 'percentunit',
        span: 12,
      },
      overTime(`job:ras_connections_expected_up:ratio{${JOB}}`, '{{job}}'),
    )
      .max(1)
      .noValue('Nothing is expected, or the recording rules are not loaded'),
    lines(
      {
        title: 'Expected connections that are down, by server',
        description:
          'Many at once to one server: the server, or the way to it. A few here and there: the machines ' +
          '(server:ras_connections_expected_down:count).',
        unit: 'short',
        span: 12,
      },
      overTime(
        `sum by (job, server) (
  server:ras_connections_expected_down:count{${JOB}}
  or server:ras_connections_expected:count{${JOB}} * 0
)`,
        '{{server}}',
      ),
    )
      .min(0)
      .noValue(NONE_OR_NOT_RECORDED),
    bars(
      {
        title: 'Machines that fail, by error',
        description:
          'Machines on which connections that are not up have failed again within 15 minutes, by code ' +
          '(code:ras_failing_machines:count15m).',
        unit: 'short',
        span: 12,
      },
      overTime(`code:ras_failing_machines:count15m{${JOB}}`, '{{error_code}} {{error}}'),
    )
      .dataLinks([asDataLink(errorLink('series'))])
      .noValue(NONE_OR_NOT_RECORDED),
    lines(
      {
        title: 'Machines, by job',
        description: 'Machines whose exporter reports (job:ras_machines:count).',
        unit: 'short',
        span: 12,
      },
      overTime(`job:ras_machines:count{${JOB}}`, '{{job}}'),
    )
      .min(0)
      .noValue('The recording rules are not loaded'),
  ],
};

/** Builds the dashboard. */
export function fleet(): Dashboard {
  return dashboard({
    uid: UIDS.fleet,
    title: 'RAS / Fleet',
    description: 'VPN connections of all Windows machines: how many are down, which machines need attention, and why.',
    variables: [dataSourceVariable(), jobVariable(), instanceVariable({ all: true }), entryVariable()],
    rows: [overview, attention, history],
  });
}
