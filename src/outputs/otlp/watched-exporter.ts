/**
 * The exporter of the SDK under watch: each push has an end, is counted, and is heard of in the log when it goes otherwise than
 * the one before.
 *
 * What failed is thrown away, and the next push begins anew, with files that are read, a name that is looked up and a connection
 * that is made: so a backend that comes back is found at once, and nothing of one that does not is kept.
 */
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { Logger } from '../../logging/logger.ts';
import { type Answer, Answers } from './answers.ts';
import { inBatches } from './batches.ts';
import type { Censor } from './censor.ts';
import { exportProblem, NO_ANSWER } from './export-problem.ts';
import type { ExportCounts } from './exports.ts';
import { PushLog, type PushResult } from './push-log.ts';
import type { ExporterFactory, Transport } from './transport.ts';

export interface WatchedExporterOptions {
  readonly makeTransport: ExporterFactory;
  /** Milliseconds for one push. */
  readonly timeout: number;
  readonly counts: ExportCounts;
  readonly log: Logger;
  readonly censor: Censor;
}

const SUCCESS: PushResult = { outcome: 'success', kind: '', text: '' };

export class WatchedExporter implements PushMetricExporter {
  /** What the SDK hears from the backend. */
  readonly answers = new Answers();
  readonly #options: WatchedExporterOptions;
  readonly #pushLog: PushLog;
  #transport: Transport | undefined;
  /** Ends the push that is under way. */
  #end: ((result: PushResult | undefined) => void) | undefined;

  constructor(options: WatchedExporterOptions) {
    this.#options = options;
    this.#pushLog = new PushLog(options.log);
  }

  export(metrics: ResourceMetrics, done: (result: ExportResult) => void): void {
    const { timeout, censor } = this.#options;
    const settle = (result: PushResult | undefined) => {
      if (this.#end !== settle) return;
      this.#end = undefined;
      clearTimeout(timer);
      this.#settle(result);
      // Whatever it was, it has been dealt with; of a failure the reader would print the stack.
      done({ code: ExportResultCode.SUCCESS });
    };
    const fail = (error: unknown) => {
      const known = error instanceof Error ? error : new Error(String(error));
      settle({ outcome: 'failure', ...exportProblem(known, censor) });
    };
    // A little later than the exporter's own end, which knows better what was missing.
    const timer = setTimeout(() => fail(new Error(NO_ANSWER)), 1.05 * timeout);
    this.#end = settle;
    this.#send(metrics).then(settle, fail);
  }

  /** Gives the push that is under way no more than `grace` milliseconds, lest the last one have to wait for it. */
  hurry(grace: number): void {
    const end = this.#end;
    if (end === undefined) return;
    setTimeout(() => end(undefined), grace).unref();
  }

  async #send(metrics: ResourceMetrics): Promise<PushResult> {
    this.#transport ??= this.#options.makeTransport();
    const transport = this.#transport;
    let result = SUCCESS;
    for (const batch of inBatches(metrics)) {
      const sent = await this.#sendBatch(transport, batch);
      // Its time was over meanwhile: who pushes now must not be disturbed.
      if (sent.outcome === 'failure' || transport !== this.#transport) return sent;
      if (sent.outcome === 'partial') result = sent;
    }
    return result;
  }

  #sendBatch({ exporter }: Transport, batch: ResourceMetrics): Promise<PushResult> {
    const { censor } = this.#options;
    return new Promise((resolve) => {
      exporter.export(batch, ({ code, error }) => {
        const answer = this.answers.take();
        if (code === ExportResultCode.SUCCESS) resolve(resultOf(answer, censor));
        else resolve({ outcome: 'failure', ...exportProblem(error, censor) });
      });
    });
  }

  /** @param result nothing for a push that was given up */
  #settle(result: PushResult | undefined): void {
    const outcome = result?.outcome ?? 'failure';
    this.#options.counts.record(outcome);
    if (outcome === 'failure') this.#abandon();
    if (result !== undefined) this.#pushLog.tell(result);
  }

  #abandon(): void {
    this.#transport?.abandon();
    this.#transport = undefined;
  }

  /** There is never more than one push under way, and the reader waits for it. */
  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    this.#abandon();
    return Promise.resolve();
  }
}

function resultOf({ kind, rejected, message }: Answer, { quotes, clean }: Censor): PushResult {
  if (kind === 'complete') return SUCCESS;
  if (kind === 'foreign') {
    const text = 'what answers does not speak OTLP: HTTP 2xx with something else';
    return { outcome: 'failure', kind, text };
  }
  const said = quotes && message !== '' ? `: ${message}` : '';
  return { outcome: 'partial', kind, text: clean(`the backend rejected ${rejected} values${said}`) };
}
