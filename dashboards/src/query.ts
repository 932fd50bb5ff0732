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
 * A number that is 0 rather than nothing when there is nothing to count, but only where somebody would know.
 *
 * @param known finds something as long as somebody would; default: always
 */
export function orZero(expr: string, known?: string): string {
  return `${expr} or ${known === undefined ? 'vector(0)' : `0 * count(${known})`}`;
}
