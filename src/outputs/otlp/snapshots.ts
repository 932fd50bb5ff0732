/** Takes the snapshots that are pushed, each in its time; and at the end in no more than is left. */
import type { Family } from '../../metrics/metric.ts';

/** Takes a snapshot that is there after so many milliseconds at the latest. */
export type TakeSnapshot = (timeout: number) => Promise<readonly Family[]>;

/** Milliseconds that even the last one has, when a call hangs: for what does answer. */
const LEAST = 50;

export class Snapshots {
  readonly #snapshot: TakeSnapshot;
  readonly #timeout: () => number;
  #end = Number.POSITIVE_INFINITY;
  /** Has what is under way end in the time that is left. */
  #cut: (() => void) | undefined;

  constructor(snapshot: TakeSnapshot, timeout: () => number) {
    this.#snapshot = snapshot;
    this.#timeout = timeout;
  }

  /** One at a time. */
  async take(): Promise<readonly Family[]> {
    try {
      return await new Promise((resolve, reject) => {
        // The second shares what the first has under way, and is there earlier.
        const begin = () => void this.#snapshot(this.#left()).then(resolve, reject);
        this.#cut = begin;
        begin();
      });
    } finally {
      this.#cut = undefined;
    }
  }

  /** Milliseconds from now on for all that is still taken. */
  endWithin(milliseconds: number): void {
    this.#end = performance.now() + milliseconds;
    this.#cut?.();
  }

  #left(): number {
    return Math.min(this.#timeout(), Math.max(LEAST, this.#end - performance.now()));
  }
}
