/** One read that collectors of different lanes wait for, each no longer than its own deadline. */
import { CallTimeout } from '../ras/call-errors.ts';

export class SharedRead<T> {
  readonly #name: string;
  readonly #abort = new AbortController();
  readonly #result: Promise<T>;
  #waiting = 0;

  /**
   * @param name what is read, for messages
   * @param read is aborted when nobody waits any more, and rejects then
   */
  constructor(name: string, read: (signal: AbortSignal) => Promise<T>) {
    this.#name = name;
    this.#result = read(this.#abort.signal);
  }

  /** @throws what the read throws; CallTimeout when `signal` aborts first */
  wait(signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const late = () => new CallTimeout(this.#name, `${this.#name} was not told in time`);
      if (signal.aborted) {
        reject(late());
        return;
      }
      const onAbort = () => {
        this.#waiting -= 1;
        // The last one learns from the read itself what did not return.
        if (this.#waiting === 0) this.#abort.abort();
        else reject(late());
      };
      this.#waiting += 1;
      signal.addEventListener('abort', onAbort, { once: true });
      const settle = (outcome: () => void) => {
        signal.removeEventListener('abort', onAbort);
        outcome();
      };
      this.#result.then(
        (value) => settle(() => resolve(value)),
        (error: unknown) => settle(() => reject(error)),
      );
    });
  }
}
