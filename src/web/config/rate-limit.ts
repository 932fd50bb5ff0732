/** A token bucket: `burst` requests at once, and one more after every `interval`. */
import type { RateLimit } from './web-config.ts';

export class RateLimiter {
  readonly #limit: RateLimit;
  readonly #now: () => number;
  #tokens: number;
  #filled: number;

  /** @param now milliseconds of a clock that never goes back */
  constructor(limit: RateLimit, now: () => number = () => performance.now()) {
    this.#limit = limit;
    this.#now = now;
    this.#tokens = limit.burst;
    this.#filled = now();
  }

  /** Whether one more request is allowed now; it takes what it is allowed. */
  allow(): boolean {
    const now = this.#now();
    const { interval, burst } = this.#limit;
    this.#tokens = Math.min(burst, this.#tokens + (now - this.#filled) / interval);
    this.#filled = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
