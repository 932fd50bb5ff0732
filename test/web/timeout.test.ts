import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scrapeTimeout } from '../../src/web/timeout.ts';

describe('the time of a scrape', () => {
  it.each([
    ['10', 9500],
    ['1', 500],
    ['0.4', 200],
    ['0.001', 0.5],
    ['30.25', 29_750],
  ])('of a scraper that waits %s s is %d ms', (header, milliseconds) => {
    expect(scrapeTimeout(header, 10_000, 500)).toBe(milliseconds);
  });

  it.each([undefined, '', '0', '-5', 'NaN', 'Infinity', '1e9', 'ten', '5s'])(
    'is the default where the header is %j',
    (header) => {
      expect(scrapeTimeout(header, 8000, 500)).toBe(7500);
    },
  );

  it('is always more than nothing and never more than a timer can hold', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.double({ min: 1, max: 1e12, noNaN: true }),
        fc.double({ min: 0, max: 1e12, noNaN: true }),
        (header, fallback, margin) => {
          const timeout = scrapeTimeout(header, fallback, margin);
          expect(timeout).toBeGreaterThan(0);
          expect(timeout).toBeLessThanOrEqual(60_000);
        },
      ),
    );
    expect(scrapeTimeout('99999999999999', 10_000, 500)).toBe(59_500);
  });
});
