/** Queries of panels, and the pieces of PromQL that several of them are made of. */
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';

/** What is true at the end of the time range. */
export function now(expr: string, legend = ''): DataqueryBuilder {
  return new DataqueryBuilder().expr(expr).instant().legendFormat(legend);
}

/** The same, as rows of a table with the labels as columns. */
export function rows(expr: string): DataqueryBuilder {
  return new DataqueryBuilder().expr(expr).instant().format(PromQueryFormat.Table);
}

/** One point for each step of the time range. */
export function overTime(expr: string, legend: string): DataqueryBuilder {
  return new DataqueryBuilder().expr(expr).range().legendFormat(legend);
}

/**
 * How much a counter rose within a window, also when it was born within it. A counter of failures with one code appears with
 * the first failure, at 1, of which `increase()` sees nothing. It counts whole, unless its machine appeared with it: then
 * nobody knows how old the failures are.
 *
 * @param machine label matchers of the machines
 */
export function increaseFromBirth(counter: string, matchers: string, machine: string, window: string): string {
  const series = `${counter}{${matchers}}`;
  return `(
  ${series} unless ${series} offset ${window}
    and on (job, instance) ras_exporter_build_info{${machine}} offset ${window}
  or increase(${series}[${window}])
)`;
}

/** A number that is 0 rather than nothing when there is nothing to count. */
export function orZero(expr: string): string {
  return `${expr} or vector(0)`;
}
