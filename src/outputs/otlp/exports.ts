/** What became of the pushes: metrics about them. */
import { counter, type Family, gauge } from '../../metrics/metric.ts';

const exportsTotal = counter('ras_exporter_otlp_exports_total', {
  help: 'Pushes over OTLP, by outcome: success, partial (the backend took them and rejected values), or failure (no answer in time, no connection, refused).',
  labels: ['outcome'],
});
const lastSuccess = gauge('ras_exporter_otlp_last_success_timestamp_seconds', {
  help: 'When a push over OTLP last succeeded, Unix time; 0 before the first.',
  unit: 's',
});

export const otlpMetrics = [exportsTotal, lastSuccess];

const OUTCOMES = ['success', 'partial', 'failure'] as const;

export type ExportOutcome = (typeof OUTCOMES)[number];

export class ExportCounts {
  readonly #counts: Record<ExportOutcome, number> = { success: 0, partial: 0, failure: 0 };
  #lastSuccess = 0;

  record(outcome: ExportOutcome): void {
    this.#counts[outcome] += 1;
    if (outcome === 'success') this.#lastSuccess = Date.now() / 1000;
  }

  families(): Family[] {
    return [
      exportsTotal.family(OUTCOMES.map((outcome) => exportsTotal.series({ outcome }).at(this.#counts[outcome]))),
      lastSuccess.of(this.#lastSuccess),
    ];
  }
}
