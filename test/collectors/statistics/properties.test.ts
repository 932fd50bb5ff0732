/**
 * Whatever happens to the connections of a machine, as a model of Windows plays it: nothing is counted that never was, and
 * where no more than one reading in a row is wrong, everything is counted.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Event, Model, type Shown, type Step } from './model.ts';

const SECOND = 1000;
const HOUR = 3_600_000;

/** From one scraper that looks every second to one that was away. */
const interval = (least: number) =>
  fc.oneof(
    fc.constant(Math.max(least, 15 * SECOND)),
    fc.integer({ min: least, max: 5 * 60 * SECOND }),
    fc.integer({ min: least, max: 12 * HOUR }),
  );

/**
 * Both directions carry the same; a frame has `size` bytes; each kind of error occurs `errors` times: where nothing else rises,
 * all that wraps at once looks like a clear.
 */
const flow = (frames: number, errors: number) =>
  fc.record({
    frames: fc.integer({ min: 0, max: frames }),
    size: fc.integer({ min: 60, max: 1500 }),
    errors: fc.integer({ min: errors, max: 20 }),
  });

const clear = fc.record({ kind: fc.constant('clear' as const), zeroesDuration: fc.boolean() });
const reconnect = fc.record({
  kind: fc.constant('reconnect' as const),
  sameHandle: fc.boolean(),
  away: fc.boolean(),
});
const nothing = fc.constant({ kind: 'nothing' as const });

const fails = fc.record({
  kind: fc.constant('fails' as const),
  name: fc.constantFrom(
    'RasGetConnectionStatistics' as const,
    'RasEnumConnectionsW' as const,
    'RasEnumEntriesW' as const,
  ),
});
/** Some counts, or all, run back: by a share of them, or by so many, over the wrap where that is. */
const backwards = fc.record({
  kind: fc.constant('backwards' as const),
  which: fc.oneof(
    fc.constant(2 ** 10 - 1),
    fc.nat({ max: 2 ** 10 - 1 }),
    fc.nat({ max: 9 }).map((bit) => 2 ** bit),
  ),
  share: fc.constantFrom(0, 0.001, 0.1),
  count: fc.constantFrom(0, 1),
});
const zeros = fc.constant({ kind: 'zeros' as const });
const duration = fc.record({
  kind: fc.constant('duration' as const),
  value: fc.oneof(fc.integer({ min: 0, max: 0xffff_ffff }), fc.integer({ min: 0, max: HOUR })),
});
const anonymous = fc.constant({ kind: 'anonymous' as const });
const absent = fc.constant({ kind: 'absent' as const });
const trouble = fc.oneof(nothing, fails, backwards, backwards, zeros, duration, anonymous, absent);

/** Each event comes with traffic and a plain reading after it. */
const steps = (event: fc.Arbitrary<Event>, least: number, frames: number, errors = 0): fc.Arbitrary<readonly Step[]> =>
  fc.array(
    fc.record({
      event,
      flow: flow(frames, errors),
      interval: interval(least),
      after: interval(least),
      jitter: fc.integer({ min: -900, max: 900 }),
    }),
    { maxLength: 15 },
  );

/** What a connection had counted before the exporter began: bytes close to a wrap, or frames, or neither. */
const start = fc.oneof(
  fc.record({ frames: fc.nat({ max: 1000 }), bytes: fc.nat({ max: 1_000_000 }) }),
  fc.record({ frames: fc.constant(4_000_000), bytes: fc.integer({ min: 2 ** 32 - 1_000_000, max: 2 ** 32 - 1 }) }),
  fc.record({ frames: fc.integer({ min: 2 ** 32 - 3_000_000, max: 2 ** 32 - 1 }), bytes: fc.constant(1_000_000) }),
);

/** No counter fell, and none was ever ahead of what the connections had carried by then. */
function expectNoneTwice(shown: readonly Shown[]): void {
  for (const [index, { totals, truth }] of shown.entries()) {
    for (const [name, value] of Object.entries(totals)) {
      expect(value, name).toBeGreaterThanOrEqual(shown[index - 1]?.totals[name] ?? 0);
      expect(value, name).toBeLessThanOrEqual(truth[name] ?? 0);
    }
  }
}

describe.each([
  ['with correlation ids', true],
  ['without correlation ids', false],
])('a Windows %s', (_, correlated) => {
  it('whose connections come and go, wrap and are cleared has all of their traffic counted', {
    timeout: 60_000,
  }, async () => {
    const events = steps(fc.oneof(nothing, clear, reconnect), 15 * SECOND, 2_000_000, 1);
    await fc.assert(
      fc.asyncProperty(start, events, async (from, played) => {
        const shown = await new Model(correlated, from).play(played);
        expectNoneTwice(shown);
        expect(shown.at(-1)?.totals).toEqual(shown.at(-1)?.truth);
      }),
      { numRuns: 150 },
    );
  });

  it('whose readings are wrong now and then has none of them counted twice', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(start, steps(trouble, SECOND, 2_000_000), async (from, played) => {
        expectNoneTwice(await new Model(correlated, from).play(played));
      }),
      { numRuns: 200 },
    );
  });

  it('whose readings are wrong now and then has all counted when one is right', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(steps(trouble, SECOND, 1000), async (played) => {
        const shown = await new Model(correlated, { frames: 1000, bytes: 1_000_000 }).play(played);
        expectNoneTwice(shown);
        expect(shown.at(-1)?.totals).toEqual(shown.at(-1)?.truth);
      }),
      { numRuns: 200 },
    );
  });

  it('where all of that happens has no counter that is ahead of the truth', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        start,
        steps(fc.oneof(clear, reconnect, trouble), 15 * SECOND, 2_000_000),
        async (from, played) => {
          expectNoneTwice(await new Model(correlated, from).play(played));
        },
      ),
      { numRuns: 150 },
    );
  });
});
