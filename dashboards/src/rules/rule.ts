/** What a rule is: the one description from which the files for Prometheus and for Grafana are made. */

/** A recording rule: a query whose answer is kept under a name of its own. */
export interface Recording {
  /** `level:metric:operations`, https://prometheus.io/docs/practices/rules/ */
  readonly record: string;
  readonly expr: string;
  /** What the number is; one sentence. */
  readonly meaning: string;
  /** The same of what label matchers (`{entry="Office"}`) choose; absent where nobody chooses. */
  readonly chosen?: (matchers: string) => string;
}

export const SEVERITIES = ['critical', 'warning'] as const;

/** `critical`: people cannot work, somebody should look now. `warning`: somebody should look today. */
export type Severity = (typeof SEVERITIES)[number];

/** How metrics get from the exporter to Prometheus: asked for, sent by the exporter (OTLP), or it does not matter. */
export type MetricPath = 'any' | 'scrape' | 'push';

export interface Alert {
  /** Also the name of its runbook. */
  readonly name: string;
  readonly path: MetricPath;
  readonly severity: Severity;
  /** Static; a sentence. */
  readonly summary: string;
  /** With the templates of Prometheus, `{{ $labels.entry }}` and `{{ $value }}`; sentences. */
  readonly description: string;
  /** Finds one series for each alert, and none when all is well. May use what is recorded. */
  readonly expr: string;
  /** How long the query has to find it. Absent where a window in the query says so already. */
  readonly for?: string;
  /** How long it stays after the query has stopped finding it. */
  readonly keepFiringFor?: string;
}

/** All rules of one choice of thresholds. */
export interface Rules {
  readonly recordings: readonly Recording[];
  readonly alerts: readonly Alert[];
}

/**
 * An expression with the names of recordings replaced by what they record, for those who do not record.
 */
export function inlined(expr: string, recordings: readonly Recording[]): string {
  const byName = new Map(recordings.map((recording) => [recording.record, recording]));
  // Colons are in no other name.
  return expr.replaceAll(/(?<name>[a-z_]+:[a-z_]+:[a-z0-9_]+)(?<matchers>\{[^}]*\})?/g, (...match) => {
    const { name, matchers }: Readonly<Record<string, string | undefined>> = match.at(-1);
    const recording = byName.get(name ?? '');
    if (recording === undefined) throw new Error(`nothing is recorded as ${name}`);
    if (matchers === undefined) return `(${inlined(recording.expr, recordings)})`;
    if (recording.chosen === undefined) throw new Error(`nobody knows where the labels of ${name} come from`);
    return `(${inlined(recording.chosen(matchers), recordings)})`;
  });
}
