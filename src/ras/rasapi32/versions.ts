/**
 * Which version of a structure this Windows understands.
 *
 * dwSize, the first field of each structure, says which version the caller means; ERROR_INVALID_SIZE refuses it. What was
 * understood once is asked for first the next time. When that is refused, too, every other version has its turn: whatever
 * made Windows understand an older one only, it need not last.
 */
import type { Layout } from '../dll/layout.ts';

const ERROR_INVALID_SIZE = 632;

export class Versions {
  readonly #understood = new Map<string, number>();

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
    const first = this.#understood.get(struct.name) ?? struct.size;
    for (let size = first; ; ) {
      const outcome = await attempt(size);
      if (outcome.returned === 0) this.#understood.set(struct.name, size);
      const next = struct.sizes[struct.sizes.indexOf(size) + 1] ?? struct.size;
      if (outcome.returned !== ERROR_INVALID_SIZE || next === first) return outcome;
      refused();
      size = next;
    }
  }
}
