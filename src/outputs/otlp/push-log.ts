/** Tells the log when pushes go otherwise than before. */
import type { Logger } from '../../logging/logger.ts';
import type { ExportOutcome } from './exports.ts';

/** What became of a push. */
export interface PushResult {
  readonly outcome: ExportOutcome;
  /** The same for results that are the same; empty for success. */
  readonly kind: string;
  readonly text: string;
}

/** Lines that may follow each other at once, and milliseconds after which there may be one more. */
const BURST = 10;
const PER_LINE = 60_000;

export class PushLog {
  readonly #log: Logger;
  readonly #now: () => number;
  /** The kind of the result that the log was told last. */
  #told: string | undefined;
  #left = BURST;
  #since: number;

  /** @param now milliseconds, monotonic */
  constructor(log: Logger, now: () => number = () => performance.now()) {
    this.#log = log;
    this.#now = now;
    this.#since = now();
  }

  /** Says it when it is not what was said last. What there is no room for is said by the next result, if it still holds then. */
  tell({ outcome, kind, text }: PushResult): void {
    if (kind === this.#told || !this.#hasRoom()) return;
    const before = this.#told;
    this.#told = kind;
    if (outcome === 'success') this.#log.info(before === undefined ? 'OTLP push works' : 'OTLP push works again');
    else if (outcome === 'partial') this.#log.warn('OTLP push is taken in part', { err: text });
    else this.#log.warn('OTLP push failed', { err: text });
  }

  /** A backend that is well and ill by turns must not fill the log. */
  #hasRoom(): boolean {
    const now = this.#now();
    const earned = Math.floor((now - this.#since) / PER_LINE);
    this.#left = Math.min(BURST, this.#left + earned);
    this.#since += earned * PER_LINE;
    if (this.#left === 0) return false;
    this.#left -= 1;
    return true;
  }
}
