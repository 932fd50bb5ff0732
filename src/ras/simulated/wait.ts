/** Waits on a clock that need not run like the timers: a test sets it, a demo speeds it up. */

/** Longest time between two looks at the clock. */
const LOOK_AGAIN = 50;

/**
 * Calls `then` once, when `clock` has reached `time`; never, when it does not.
 *
 * @param time milliseconds on `clock`
 * @param signal once aborted nobody waits any more: what goes on must not keep the process from ending
 */
export function waitUntil(time: number, clock: () => number, signal: AbortSignal, then: () => void): void {
  const look = () => {
    const left = time - clock();
    if (left <= 0) {
      then();
      return;
    }
    const timer = setTimeout(
      () => {
        signal.removeEventListener('abort', release);
        look();
      },
      Math.min(Math.ceil(left), LOOK_AGAIN),
    );
    const release = () => timer.unref();
    if (signal.aborted) release();
    else signal.addEventListener('abort', release, { once: true });
  };
  look();
}
