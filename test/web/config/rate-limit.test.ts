import { describe, expect, it } from 'vitest';
import { RateLimiter } from '../../../src/web/config/rate-limit.ts';

describe('a rate limit', () => {
  /** How many of 100 requests at one moment are allowed, at each of these milliseconds. */
  function allowed(interval: number, burst: number, times: readonly number[]): number[] {
    let now = 0;
    const limiter = new RateLimiter({ interval, burst }, () => now);
    return times.map((time) => {
      now = time;
      return Array.from({ length: 100 }, () => limiter.allow()).filter(Boolean).length;
    });
  }

  it('allows its burst at once, and one more after every interval', () => {
    expect(allowed(1000, 5, [0, 999, 1000, 1500, 2000, 4000])).toEqual([5, 0, 1, 0, 1, 2]);
  });

  it('saves up no more than its burst', () => {
    expect(allowed(10, 3, [0, 3_600_000])).toEqual([3, 3]);
  });

  it('without a burst allows nothing, ever', () => {
    expect(allowed(1, 0, [0, 1000, 100_000])).toEqual([0, 0, 0]);
  });
});
