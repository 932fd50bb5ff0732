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

/** A number that is 0 rather than nothing when there is nothing to count. */
export function orZero(expr: string): string {
  return `${expr} or vector(0)`;
}
