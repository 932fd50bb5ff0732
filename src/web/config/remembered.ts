/** The latest answers, right ones and wrong ones, so many of each. */

/** Of each kind. */
export const MAX_REMEMBERED = 100;

export class Remembered {
  readonly #right = new Set<string>();
  readonly #wrong = new Set<string>();

  get size(): number {
    return this.#right.size + this.#wrong.size;
  }

  get(key: string): boolean | undefined {
    for (const [answers, answer] of [
      [this.#right, true],
      [this.#wrong, false],
    ] as const) {
      if (!answers.delete(key)) continue;
      // What is asked for again is forgotten last.
      answers.add(key);
      return answer;
    }
    return undefined;
  }

  set(key: string, answer: boolean): void {
    const answers = answer ? this.#right : this.#wrong;
    answers.add(key);
    if (answers.size <= MAX_REMEMBERED) return;
    const [oldest] = answers;
    if (oldest !== undefined) answers.delete(oldest);
  }
}
