/** `RAS / Exporter`: whether the exporter itself works, and what it costs. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard, type Row } from './dashboard.ts';
import { callsRow, collectorsRow, overviewRow } from './exporter-collectors.ts';
import { OUR_MACHINES } from './known.ts';
import { bars, lines, stat } from './panels.ts';
import { UIDS } from './project.ts';
import { now, overTime } from './query.ts';
import { NEUTRAL, NEVER_PUSHED, steps } from './values.ts';
import { dataSourceVariable, instanceVariable, jobVariable, MACHINE } from './variables.ts';

const WINDOW = '$__rate_interval';

/** What other programs have, too: of the chosen jobs only those machines that have an exporter. */
const OURS = `and on (job, instance) ras_exporter_build_info{${MACHINE}}`;

const scrapeRow: Row = {
  title: 'Scrapes',
  panels: [
    lines(
      {
        title: 'Time of a scrape',
        description:
          'What the collectors took together (ras_exporter_scrape_duration_seconds), and what Prometheus waited ' +
          '(scrape_duration_seconds; empty where metrics are pushed).',
        unit: 's',
        span: 8,
      },
      overTime(`ras_exporter_scrape_duration_seconds{${MACHINE}}`, 'collectors: {{instance}}'),
      overTime(
        `scrape_duration_seconds{${MACHINE}} and on (job, instance) ${OUR_MACHINES}`,
        'Prometheus: {{instance}}',
      ),
    ).min(0),
    lines(
      {
        title: 'Samples of a scrape',
        description: 'What one scrape brings (scrape_samples_scraped; empty where metrics are pushed).',
        unit: 'short',
        span: 8,
      },
      overTime(`scrape_samples_scraped{${MACHINE}} ${OURS}`, '{{instance}}'),
    )
      .min(0)
      .noValue('Not scraped in this time range'),
    lines(
      {
        title: 'HTTP requests, by answer',
        description: 'What the exporter answered (ras_exporter_http_requests_total).',
        unit: 'reqps',
        span: 8,
      },
      overTime(
        `sum by (handler, code) (rate(ras_exporter_http_requests_total{${MACHINE}}[${WINDOW}]))`,
        '{{handler}} {{code}}',
      ),
    )
      .min(0)
      .noValue('None, or not shown (--web.disable-exporter-metrics)'),
  ],
};

const otlpRow: Row = {
  title: 'OTLP',
  panels: [
    bars(
      {
        title: 'Pushes, by outcome',
        description: 'Exports over OTLP (ras_exporter_otlp_exports_total). Empty where OTLP is off.',
        unit: 'short',
        span: 12,
      },
      overTime(`sum by (outcome) (increase(ras_exporter_otlp_exports_total{${MACHINE}}[${WINDOW}]))`, '{{outcome}}'),
    ).noValue('OTLP is off, or nobody reported'),
    stat(
      {
        title: 'Last successful push',
        description: 'When a push last arrived (ras_exporter_otlp_last_success_timestamp_seconds).',
        unit: 'dateTimeFromNow',
        span: 6,
        height: 8,
        nothing: 'OTLP is off, or unknown',
        words: NEVER_PUSHED,
      },
      now(`ras_exporter_otlp_last_success_timestamp_seconds{${MACHINE}} * 1000`, '{{instance}}'),
    ).thresholds(NEUTRAL),
    stat(
      {
        title: 'Age of what is shown',
        description:
          'Time since the exporter took the newest snapshot that is here (ras_exporter_heartbeat_timestamp_seconds): far above ' +
          'the interval of scrapes or pushes, nobody knows how things are now.',
        unit: 's',
        span: 6,
        height: 8,
        nothing: 'Not within a day',
      },
      // Also of an exporter that is silent: its age is what matters.
      now(`time() - max_over_time(ras_exporter_heartbeat_timestamp_seconds{${MACHINE}}[1d])`, '{{instance}}'),
    ).thresholds(steps('green', [180, 'orange'], [300, 'red'])),
  ],
};

const processRow: Row = {
  title: 'Process',
  panels: [
    lines(
      {
        title: 'CPU',
        description: 'Of one core (process_cpu_seconds_total).',
        unit: 'percentunit',
        span: 8,
      },
      overTime(`rate(process_cpu_seconds_total{${MACHINE}}[${WINDOW}]) ${OURS}`, '{{instance}}'),
    ).min(0),
    lines(
      {
        title: 'Memory',
        description: 'Resident (process_resident_memory_bytes), and the used part of the JavaScript heap within it.',
        unit: 'bytes',
        span: 8,
      },
      overTime(`process_resident_memory_bytes{${MACHINE}} ${OURS}`, 'resident: {{instance}}'),
      overTime(`nodejs_heap_size_used_bytes{${MACHINE}} ${OURS}`, 'heap: {{instance}}'),
    ).min(0),
    lines(
      {
        title: 'Open files',
        description: 'File descriptors, on Linux only (process_open_fds).',
        unit: 'short',
        span: 8,
      },
      overTime(`process_open_fds{${MACHINE}} ${OURS}`, '{{instance}}'),
    )
      .min(0)
      .noValue('Not on Windows'),
  ],
};

/** Builds the dashboard. */
export function exporter(): Dashboard {
  return dashboard({
    uid: UIDS.exporter,
    title: 'RAS / Exporter',
    description: 'The exporters themselves: collectors, calls into Windows, scrapes, OTLP, process.',
    variables: [dataSourceVariable(), jobVariable(), instanceVariable({ all: false })],
    rows: [overviewRow, collectorsRow, callsRow, scrapeRow, otlpRow, processRow],
  });
}
