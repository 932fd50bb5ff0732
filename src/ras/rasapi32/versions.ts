/**
 * Which version of a structure this Windows understands.
 *
 * dwSize, the first field of each structure, says which version the caller means; ERROR_INVALID_SIZE refuses it. What was
 * understood once is asked for first the next time. When that is refused, too, every other version has its turn: whatever
 * made Windows understand an older one only, it need not last. For the same reason the newest has its turn again after a
 * while, whatever is understood: an older one lacks fields, by which a connection is known among other things.
 */
import type { Layout } from '../dll/layout.ts';

const ERROR_INVALID_SIZE = 632;

/** Milliseconds after which the newest version is tried again. */
const RETRY = 60_000;

interface Understood {
  readonly size: number;
  /** When the newest version was tried and refused. */
  readonly refused: number;
}

export class Versions {
  /** Structures of which an older version is understood. */
  readonly #understood = new Map<string, Understood>();
  readonly #clock: () => number;

  /** @param clock milliseconds, monotonic */
  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
  }

  /**
   * Tries versions of `struct` until one is not refused; resolves with the last outcome.
   *
   * @param attempt asks with this dwSize; `returned` is the function's return value
   * @param refused is told of each refusal that another attempt follows
   */
  async negotiate<T extends { readonly returned: number }>(
    struct: Layout,
    attempt: (size: number) => Promise<T>,
    refused: () => void,
  ): Promise<T> {
    const first = this.#first(struct);
    for (let size = first; ; ) {
      const outcome = await attempt(size);
      if (outcome.returned === 0) this.#note(struct, first, size);
      const next = struct.sizes[struct.sizes.indexOf(size) + 1] ?? struct.size;
      if (outcome.returned !== ERROR_INVALID_SIZE || next === first) return outcome;
      refused();
      size = next;
    }
  }

  #first(struct: Layout): number {
    const understood = this.#understood.get(struct.name);
    if (understood === undefined || this.#clock() - understood.refused >= RETRY) return struct.size;
    return understood.size;
  }

  #note(struct: Layout, first: number, size: number): void {
    if (size === struct.size) {
      this.#understood.delete(struct.name);
    } else if (size !== first) {
      this.#understood.set(struct.name, { size, refused: this.#clock() });
    }
  }
}
