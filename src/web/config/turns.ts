/** A bounded queue in which everybody has their turn, however many others one of them has put in before. */

export class Turns<T> {
  readonly #limit: number;
  readonly #waiting = new Map<string, T[]>();
  #size = 0;

  /** @param limit how many may wait in all */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#size;
  }

  /** @returns false when there is no room */
  add(whose: string, item: T): boolean {
    if (this.#size >= this.#limit) return false;
    const own = this.#waiting.get(whose);
    if (own === undefined) this.#waiting.set(whose, [item]);
    else own.push(item);
    this.#size += 1;
    return true;
  }

  /** Takes the oldest of whoever's turn it is. */
  take(): T | undefined {
    for (const [whose, own] of this.#waiting) {
      // To the end of the row, or out of it.
      this.#waiting.delete(whose);
      const item = own.shift();
      if (own.length > 0) this.#waiting.set(whose, own);
      this.#size -= 1;
      return item;
    }
    return undefined;
  }
}
