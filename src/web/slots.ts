/** How many collections are asked for at once, whoever asks: `--web.max-requests`. */
import type { ServerResponse } from 'node:http';

export class Slots {
  readonly #limit: () => number;
  #taken = 0;

  /** @param limit 0 = no limit */
  constructor(limit: () => number) {
    this.#limit = limit;
  }

  /**
   * Takes a slot until the work is done and the client has read all of the answer, or is gone: both take what the limit is
   * there for.
   *
   * @returns what to call when the work is done; `undefined` when there is no slot
   */
  take(response: ServerResponse): (() => void) | undefined {
    const limit = this.#limit();
    if (limit > 0 && this.#taken >= limit) return undefined;
    this.#taken += 1;
    const closed = new Promise<void>((resolve) => {
      response.once('close', resolve);
    });
    return () =>
      void closed.then(() => {
        this.#taken -= 1;
      });
  }
}

/** What is answered when there is no slot. */
export function noSlotText(limit: number): string {
  return `Limit of concurrent requests reached (${limit}), try again later.`;
}
