/**
 * A lane: one call into one DLL at a time, and never a second one while the first has not returned.
 *
 * A synchronous RPC into a Windows service may block for ever. Each such call holds a thread of libuv's pool, and with all
 * of them held nothing that needs the pool works any more. So a call that outlives its deadline makes the lane hang:
 * everything queued and everything that comes later is refused at once, until the call returns after all.
 */
import { CallTimeout } from './call-errors.ts';

/**
 * Starts a call and reports its result later, exactly once. What makes several calls, one after the other, tells by `calling`
 * which of them it has come to; it ends on its own when nobody waits for it any more.
 */
export type StartCall<T> = (
  done: (error: Error | null | undefined, result: T) => void,
  calling: (name: string) => void,
) => void;

interface Queued {
  readonly name: string;
  readonly start: () => void;
  readonly refuse: (error: Error) => void;
}

export class Lane {
  readonly #queue: Queued[] = [];
  readonly #clock: () => number;
  #running: { name: string; since: number; abandoned: boolean } | undefined;

  /** @param clock milliseconds, monotonic */
  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
  }

  /** True while a call has not returned, whether or not anybody waits for it. */
  get busy(): boolean {
    return this.#running !== undefined;
  }

  /** True while a call that nobody waits for any more has not returned. */
  get hanging(): boolean {
    return this.#running?.abandoned ?? false;
  }

  /**
   * Runs `start` when the lane is free.
   *
   * @throws CallTimeout when `signal` aborts first, or when the lane hangs
   */
  run<T>(name: string, start: StartCall<T>, signal: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (signal.aborted) {
        reject(new CallTimeout(name, `${name} was not called: the deadline had passed`));
        return;
      }
      if (this.hanging) {
        reject(this.#refusal(name));
        return;
      }
      const job: Queued = {
        name,
        start: () => {
          const call = { name, since: this.#clock(), abandoned: false };
          this.#running = call;
          signal.removeEventListener('abort', onAbortQueued);
          const onAbort = () => {
            call.abandoned = true;
            const waited = ((this.#clock() - call.since) / 1000).toFixed(1);
            reject(new CallTimeout(call.name, `${call.name} has not returned within ${waited} s`, true));
            for (const queued of this.#queue.splice(0)) queued.refuse(this.#refusal(queued.name));
          };
          signal.addEventListener('abort', onAbort, { once: true });
          const settle = (outcome: () => void) => {
            signal.removeEventListener('abort', onAbort);
            this.#running = undefined;
            outcome();
            this.#next();
          };
          const calling = (current: string) => {
            call.name = current;
            call.since = this.#clock();
          };
          try {
            start((error, result) => settle(() => (error instanceof Error ? reject(error) : resolve(result))), calling);
          } catch (error) {
            settle(() => reject(error));
          }
        },
        refuse: (error) => {
          signal.removeEventListener('abort', onAbortQueued);
          reject(error);
        },
      };
      const onAbortQueued = () => {
        const at = this.#queue.indexOf(job);
        if (at >= 0) this.#queue.splice(at, 1);
        reject(new CallTimeout(name, `${name} was not called: the deadline passed while it waited for another call`));
      };
      signal.addEventListener('abort', onAbortQueued, { once: true });
      this.#queue.push(job);
      this.#next();
    });
  }

  #next(): void {
    if (this.#running === undefined) this.#queue.shift()?.start();
  }

  #refusal(name: string): CallTimeout {
    const call = this.#running;
    const seconds = call === undefined ? 0 : Math.round((this.#clock() - call.since) / 1000);
    return new CallTimeout(name, `${name} was not called: ${call?.name ?? 'a call'} has not returned for ${seconds} s`);
  }
}
