/**
 * The exporter of the SDK under watch: each push has an end, is counted, and is heard of in the log when it goes otherwise than
 * the one before.
 *
 * What failed is thrown away, and the next push begins anew, with a name that is looked up and a connection that is made: so a
 * backend that comes back is found at once, and nothing of one that does not is kept.
 */
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { Logger } from '../../logging/logger.ts';
import { exportProblem, NO_ANSWER } from './export-problem.ts';
import type { ExportCounts } from './exports.ts';
import type { ExporterFactory, Transport } from './transport.ts';

export interface WatchedExporterOptions {
  readonly makeTransport: ExporterFactory;
  /** Milliseconds for one push. */
  readonly timeout: number;
  readonly counts: ExportCounts;
  readonly log: Logger;
  /** Takes secrets out of a text. */
  readonly redact: (text: string) => string;
}

export class WatchedExporter implements PushMetricExporter {
  readonly #options: WatchedExporterOptions;
  #transport: Transport | undefined;
  /** What the last push failed with; empty when it did not; `undefined` before the first. */
  #problem: string | undefined;

  constructor(options: WatchedExporterOptions) {
    this.#options = options;
  }

  export(metrics: ResourceMetrics, done: (result: ExportResult) => void): void {
    const { makeTransport, timeout } = this.#options;
    let settled = false;
    const settle = (result: ExportResult) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      this.#settle(result);
      // Whatever it was, it has been dealt with; of a failure the reader would print the stack.
      done({ code: ExportResultCode.SUCCESS });
    };
    const fail = (error: Error) => settle({ code: ExportResultCode.FAILED, error });
    // A little later than the exporter's own end, which knows better what was missing.
    const timer = setTimeout(() => fail(new Error(NO_ANSWER)), 1.05 * timeout);
    try {
      this.#transport ??= makeTransport();
      this.#transport.exporter.export(metrics, settle);
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #settle({ code, error }: ExportResult): void {
    const { counts, log, redact } = this.#options;
    const succeeded = code === ExportResultCode.SUCCESS;
    counts.record(succeeded ? 'success' : 'failure');
    const problem = succeeded ? '' : exportProblem(error, redact);
    const before = this.#problem;
    this.#problem = problem;
    if (succeeded) {
      if (before !== '') log.info(before === undefined ? 'OTLP push works' : 'OTLP push works again');
      return;
    }
    this.#transport?.abandon();
    this.#transport = undefined;
    // Times and ports in it differ from push to push.
    if (before === undefined || kindOf(before) !== kindOf(problem)) log.warn('OTLP push failed', { err: problem });
  }

  /** There is never more than one push under way, and the reader waits for it. */
  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    this.#transport?.abandon();
    this.#transport = undefined;
    return Promise.resolve();
  }
}

function kindOf(problem: string): string {
  return problem.replaceAll(/\d+/g, '0');
}
