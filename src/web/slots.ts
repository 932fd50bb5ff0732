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
   * Takes a slot until the answer is computed, or the client is gone: runs of collectors are shared, so nobody is served by
   * waiting for them. Whoever is slow to read the answer holds no slot; see `Answers`.
   *
   * @returns what to call when the answer is computed; `undefined` when there is no slot
   */
  take(response: ServerResponse): (() => void) | undefined {
    const limit = this.#limit();
    if (limit > 0 && this.#taken >= limit) return undefined;
    this.#taken += 1;
    let held = true;
    const free = () => {
      if (held) this.#taken -= 1;
      held = false;
    };
    response.once('close', free);
    return free;
  }
}

/** What is answered when there is no slot. */
export function noSlotText(limit: number): string {
  return `Limit of concurrent requests reached (${limit}), try again later.`;
}
