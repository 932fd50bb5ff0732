/**
 * Long answers on their way to clients, within bounds: whoever does not read must neither hold memory for long nor much of it.
 *
 * An answer goes out piece by piece, each when the one before has gone, so that it can be seen whether a client reads.
 */
import type { ServerResponse } from 'node:http';

export interface AnswerBounds {
  /** Milliseconds without a piece that has gone, after which a client is thrown out. */
  readonly patience: number;
  /** Bytes not sent, of all answers together, above which `shortPatience` holds; above four times as many, none at all. */
  readonly unsent: number;
  readonly shortPatience: number;
}

const BOUNDS: AnswerBounds = { patience: 30_000, unsent: 64 * 1024 * 1024, shortPatience: 3000 };

/** Bytes. */
const PIECE = 64 * 1024;

/** Milliseconds. */
const SWEEP_INTERVAL = 1000;

interface Answer {
  readonly response: ServerResponse;
  readonly body: Buffer;
  sent: number;
  /** When the last piece went. */
  moved: number;
}

export class Answers {
  readonly #bounds: AnswerBounds;
  /** Who has not moved for longest stands first. */
  readonly #writing = new Set<Answer>();
  #unsent = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(bounds: AnswerBounds = BOUNDS) {
    this.#bounds = bounds;
  }

  /** Bytes that are kept for clients. */
  get unsent(): number {
    return this.#unsent;
  }

  /** Sends the body of an answer whose other headers are set, and ends it. */
  send(response: ServerResponse, body: Buffer): void {
    response.setHeader('Content-Length', body.length);
    if (response.req.method === 'HEAD' || body.length <= PIECE) {
      response.end(body);
      return;
    }
    if (response.destroyed) return;
    const answer: Answer = { response, body, sent: 0, moved: performance.now() };
    this.#writing.add(answer);
    this.#unsent += body.length;
    response.on('drain', () => this.#write(answer));
    response.once('close', () => this.#forget(answer));
    this.#write(answer);
    this.#sweep();
    this.#timer ??= setInterval(() => this.#sweep(), SWEEP_INTERVAL).unref();
  }

  #write(answer: Answer): void {
    const { response, body } = answer;
    if (!this.#writing.delete(answer)) return;
    answer.moved = performance.now();
    this.#writing.add(answer);
    for (let more = true; more && answer.sent < body.length; ) {
      const piece = body.subarray(answer.sent, answer.sent + PIECE);
      answer.sent += piece.length;
      this.#unsent -= piece.length;
      more = response.write(piece);
    }
    if (answer.sent === body.length && !response.writableEnded) response.end();
  }

  #forget(answer: Answer): void {
    if (!this.#writing.delete(answer)) return;
    this.#unsent -= answer.body.length - answer.sent;
    if (this.#writing.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #sweep(): void {
    const now = performance.now();
    for (const answer of this.#writing) {
      if (now - answer.moved < this.#patience()) return;
      this.#forget(answer);
      answer.response.destroy();
    }
  }

  #patience(): number {
    const { patience, unsent, shortPatience } = this.#bounds;
    if (this.#unsent > 4 * unsent) return 0;
    return this.#unsent > unsent ? shortPatience : patience;
  }
}
