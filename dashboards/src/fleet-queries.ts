/**
 * What the fleet is asked. Every query about now reads each series once; every query over time reads what was recorded
 * (dashboards/prometheus/ras-recording.yaml), so that thousands of machines cost no more than one.
 */
import { OUR_JOBS } from './known.ts';
import { THRESHOLDS } from './rules/thresholds.ts';
import { ENTRY, MACHINE } from './variables.ts';

/** Rows of a table at most: nobody reads more. */
const MOST_ROWS = 100;

/** Connections that should be up and are not. */
export const DOWN = `(ras_connection_up{${ENTRY}} == 0 and ras_connection_expected{${ENTRY}} == 1)`;

/** Those which should be up and of which Windows tells whether they are. */
export const EXPECTED = `(ras_connection_up{${ENTRY}} and ras_connection_expected{${ENTRY}} == 1)`;

/** Whether Prometheus could scrape the machines of the jobs that have exporters. */
export const SCRAPED = `(up{${MACHINE}} and on (job) ${OUR_JOBS})`;

/** Machines that Prometheus cannot scrape. */
export const NOT_SCRAPED = `(up{${MACHINE}} == 0 and on (job) ${OUR_JOBS})`;

/** Machines of which Windows tells about the connections. */
export const TOLD = `(ras_up{${MACHINE}} == 1)`;

/** Machines on which Windows does not tell about its connections. */
export const NOT_TOLD = `(ras_up{${MACHINE}} == 0)`;

/** Collectors that could not read all that they read. */
export const NOT_READ = `(ras_exporter_collector_success{${MACHINE}} == 0)`;

/** Failures of the last 15 minutes by entry and code, as recorded, but for those that people wanted. */
const RECORDED_FAILURES = `entry:ras_failures:increase15m{${ENTRY}, category!="cancelled"}`;

/** Entries that fail again and again, as in the alerts; fewer failures are a typing error. */
export const FAILING = `(${RECORDED_FAILURES} >= ${THRESHOLDS.failures})`;

/** How many of something each machine has. */
export function perMachine(what: string): string {
  return `count by (job, instance) (${what})`;
}

/** Machines about which somebody should do something: one series each. */
export const NEEDS_ATTENTION = [DOWN, NOT_SCRAPED, NOT_TOLD, NOT_READ, FAILING].map(perMachine).join('\n  or ');

/** Each failing entry, with the error that it has failed with most often. */
export const COMMONEST_ERROR = `topk by (job, instance, entry) (1, ${RECORDED_FAILURES})`;

/** Errors of the last 15 minutes: on how many machines, and how often. */
export const ERRORS = {
  machines: `count by (error_code, error, category) (
  count by (job, instance, error_code, error, category) (${RECORDED_FAILURES})
)`,
  failures: `sum by (error_code, error, category) (${RECORDED_FAILURES})`,
} as const;

/** The most important rows of a table. */
export function most(expr: string): string {
  return `topk(${MOST_ROWS}, ${expr})`;
}
