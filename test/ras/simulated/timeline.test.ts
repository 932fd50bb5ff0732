import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STATE_WORDS, type Step } from '../../../src/ras/simulated/scenario.ts';
import { momentAt } from '../../../src/ras/simulated/timeline.ts';

function step(state: keyof typeof STATE_WORDS, duration: number): Step {
  return { ...STATE_WORDS[state], error: state === 'failed' ? 809 : 0, duration };
}

/** The dial number at each of these times. */
function dialsAt(steps: readonly Step[], times: readonly number[], repeat = true): readonly number[] {
  return times.map((time) => momentAt({ steps, repeat }, time).dial);
}

describe('the moment on a timeline', () => {
  const round = [step('connecting', 10), step('connected', 20), step('failed', 30), step('disconnected', 40)];

  it('is the step that has begun and not ended', () => {
    const states = [0, 9, 10, 29, 30, 59, 60, 99, 100].map(
      (time) => momentAt({ steps: round, repeat: true }, time).step,
    );
    expect(states.map((found) => found && round.indexOf(found))).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 0]);
  });

  it('says from when until when it holds, in every round', () => {
    expect(momentAt({ steps: round, repeat: true }, 15)).toMatchObject({ since: 10, until: 30 });
    expect(momentAt({ steps: round, repeat: true }, 1_000_015.75)).toMatchObject({
      since: 1_000_010,
      until: 1_000_030,
    });
  });

  it('keeps the last step for ever when the timeline does not repeat', () => {
    const moment = momentAt({ steps: round, repeat: false }, 1e12);
    expect(moment).toEqual({ step: round[3], dial: 1, since: 60, until: Number.POSITIVE_INFINITY });
  });

  it('knows the last step by its place: the same step may stand before', () => {
    const up = step('connected', 10);
    const steps = [up, step('disconnected', 10), up];
    expect(dialsAt(steps, [0, 10, 20, 1000], false)).toEqual([1, 1, 2, 2]);
  });

  it('has no step and no dial when the entry is never dialled', () => {
    expect(momentAt({ steps: [], repeat: true }, 5)).toEqual({
      step: undefined,
      dial: 0,
      since: 0,
      until: Number.POSITIVE_INFINITY,
    });
  });

  it('is the beginning before the beginning', () => {
    expect(momentAt({ steps: round, repeat: true }, -1)).toMatchObject({ step: round[0], dial: 1 });
  });
});

describe('dials', () => {
  it('are numbered from 1, over the seam of the rounds', () => {
    const steps = [step('connecting', 10), step('connected', 10), step('disconnected', 10)];
    expect(dialsAt(steps, [0, 15, 25, 30, 45, 55, 60, 3_000_000])).toEqual([1, 1, 1, 2, 2, 2, 3, 100_001]);
  });

  it('begin again after a failure, and the failure belongs to the dial that failed', () => {
    const steps = [step('connecting', 10), step('failed', 10)];
    expect(dialsAt(steps, [0, 10, 19, 20, 30, 40])).toEqual([1, 1, 1, 2, 2, 3]);
  });

  it('go on over the seam when the connection does', () => {
    const steps = [step('connected', 10), step('dormant', 10), step('reconnecting', 10)];
    expect(dialsAt(steps, [0, 10, 20, 30, 1e9])).toEqual([1, 1, 1, 1, 1]);
  });

  it('begin only where the connection was gone, when the round starts connected', () => {
    // connected → disconnected → connecting, and connected again over the seam: one dial per round after the first.
    const steps = [step('connected', 10), step('disconnected', 10), step('connecting', 10)];
    expect(dialsAt(steps, [0, 10, 20, 30, 40, 50, 60, 80])).toEqual([1, 1, 2, 2, 2, 3, 3, 4]);
  });

  it('do not begin while an entry starts disconnected', () => {
    expect(dialsAt([step('disconnected', 10), step('connecting', 10)], [0, 9, 10, 20, 30])).toEqual([0, 0, 1, 1, 2]);
  });

  it('may fail at once, and one failure after the other is the same dial', () => {
    const steps = [step('failed', 10), step('failed', 10), step('disconnected', 10)];
    expect(dialsAt(steps, [0, 10, 20, 30])).toEqual([1, 1, 1, 2]);
  });

  it('end in RASCS_Disconnected without an error as well', () => {
    const ended: Step = { state: 0x2001, substate: 0, error: 0, duration: 10 };
    expect(dialsAt([step('connected', 10), ended], [0, 10, 20, 30])).toEqual([1, 1, 2, 2]);
  });

  it('do not end because a connected connection has an error', () => {
    const steps: readonly Step[] = [step('connected', 10), { state: 0x2000, substate: 0, error: 829, duration: 10 }];
    expect(dialsAt(steps, [0, 10, 20, 30])).toEqual([1, 1, 1, 1]);
  });

  it('only ever grow, and no millisecond belongs to two moments or to none', () => {
    const steps = fc.array(
      fc.record({
        word: fc.constantFrom('connecting', 'waiting', 'connected', 'dormant', 'failed', 'disconnected'),
        duration: fc.integer({ min: 1, max: 20 }),
      }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(steps, fc.boolean(), (words, repeat) => {
        const timeline = { steps: words.map(({ word, duration }) => step(word, duration)), repeat };
        let before = momentAt(timeline, 0);
        for (let time = 1; time < 300; time += 1) {
          const now = momentAt(timeline, time);
          const changed = time >= before.until;
          expect(now.since).toBe(changed ? before.until : before.since);
          expect(now.dial - before.dial).toBeGreaterThanOrEqual(0);
          expect(now.dial - before.dial).toBeLessThanOrEqual(changed ? 1 : 0);
          before = now;
        }
      }),
      { numRuns: 200 },
    );
  });
});
