/**
 * One collection, step by step: every call with its duration and its answer, and why each connection does or does not appear.
 *
 * Made only where somebody asks for it (`/debug/scrape`). Names no user, no path and no address, as the metrics do not.
 */

/** One call. */
export interface TracedCall {
  readonly function: string;
  /** What it was asked about. */
  readonly about: string;
  /** Milliseconds since the collection began. */
  readonly at: number;
  /** Milliseconds; `undefined` while it has not returned. */
  readonly took: number | undefined;
  /** What it answered, or how it failed. */
  readonly outcome: string;
}

/** Why something is shown as it is, or is not shown. */
export interface TracedNote {
  readonly entry: string;
  readonly phonebook: string;
  readonly text: string;
}

export class Trace {
  readonly #began = performance.now();
  readonly #calls: TracedCall[] = [];
  readonly #notes: TracedNote[] = [];

  get calls(): readonly TracedCall[] {
    return this.#calls;
  }

  get notes(): readonly TracedNote[] {
    return this.#notes;
  }

  note(note: TracedNote): void {
    this.#notes.push(note);
  }

  /** Records a call; `describe` puts its answer into words. */
  async call<T>(name: string, about: string, call: () => Promise<T>, describe: (answer: T) => string): Promise<T> {
    const at = performance.now() - this.#began;
    const index = this.#calls.length;
    const record = (took: number | undefined, outcome: string) => {
      this.#calls[index] = { function: name, about, at, took, outcome };
    };
    const took = () => performance.now() - this.#began - at;
    record(undefined, 'has not returned');
    try {
      const answer = await call();
      record(took(), describe(answer));
      return answer;
    } catch (error) {
      record(took(), error instanceof Error ? error.message : String(error));
      throw error;
    }
  }
}
