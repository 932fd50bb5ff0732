/** A bounded queue in which everybody has their turn, however many others one of them has put in before. */

export class Turns<T> {
  readonly #limit: number;
  readonly #isWanted: (item: T) => boolean;
  readonly #waiting = new Map<string, T[]>();
  #size = 0;

  /**
   * @param limit how many may wait in all
   * @param isWanted whether anybody still waits for it: others are not taken
   */
  constructor(limit: number, isWanted: (item: T) => boolean) {
    this.#limit = limit;
    this.#isWanted = isWanted;
  }

  get size(): number {
    return this.#size;
  }

  /**
   * Puts one in. When it is full those go that nobody wants, then the latest of whoever has put in most.
   *
   * @returns those that have lost their place, `item` itself among them when it finds none
   */
  add(whose: string, item: T): readonly T[] {
    const lost = this.#size < this.#limit ? [] : this.#dropUnwanted();
    if (this.#size >= this.#limit) {
      const longest = this.#longest();
      if (longest === undefined || longest.length <= (this.#waiting.get(whose)?.length ?? 0) + 1)
        return [...lost, item];
      lost.push(...longest.splice(-1));
      this.#size -= 1;
    }
    const own = this.#waiting.get(whose);
    if (own === undefined) this.#waiting.set(whose, [item]);
    else own.push(item);
    this.#size += 1;
    return lost;
  }

  /** Takes the oldest of whoever's turn it is. */
  take(): { readonly next: T | undefined; readonly lost: readonly T[] } {
    const lost: T[] = [];
    for (const [whose, own] of this.#waiting) {
      // To the end of the row, or out of it.
      this.#waiting.delete(whose);
      while (own.length > 0) {
        const [item] = own.splice(0, 1);
        this.#size -= 1;
        if (item === undefined) continue;
        if (!this.#isWanted(item)) {
          lost.push(item);
          continue;
        }
        if (own.length > 0) this.#waiting.set(whose, own);
        return { next: item, lost };
      }
    }
    return { next: undefined, lost };
  }

  /** Takes all. */
  empty(): readonly T[] {
    const all = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    this.#size = 0;
    return all;
  }

  #dropUnwanted(): T[] {
    const lost: T[] = [];
    for (const [whose, own] of this.#waiting) {
      const wanted = own.filter((item) => this.#isWanted(item));
      lost.push(...own.filter((item) => !this.#isWanted(item)));
      if (wanted.length === 0) this.#waiting.delete(whose);
      else this.#waiting.set(whose, wanted);
    }
    this.#size -= lost.length;
    return lost;
  }

  #longest(): T[] | undefined {
    let longest: T[] | undefined;
    for (const own of this.#waiting.values()) if (own.length > (longest?.length ?? 0)) longest = own;
    return longest;
  }
}
