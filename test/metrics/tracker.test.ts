import { describe, expect, it } from 'vitest';
import { Tracker } from '../../src/metrics/tracker.ts';

describe('a tracker', () => {
  it('keeps a state while it is asked for, and while it is idle', () => {
    const tracker = new Tracker((seed: string) => ({ seed, count: 0 }));
    tracker.get('a', 'first').count = 5;
    for (let round = 0; round < 10; round += 1) tracker.nextRound();
    expect(tracker.get('a', 'second')).toEqual({ seed: 'first', count: 5 });
  });

  it('forgets what was idle longest, and never what the round asked for', () => {
    const tracker = new Tracker((seed: number) => ({ seed }), 2);
    for (let key = 0; key < 5; key += 1) {
      tracker.get(`old ${key}`, key);
      tracker.nextRound();
    }
    for (let key = 0; key < 100; key += 1) tracker.get(`new ${key}`, key);
    tracker.nextRound();
    expect(tracker.size).toBe(102);
    expect(tracker.get('old 4', -1).seed).toBe(4);
    expect(tracker.get('old 0', -1).seed).toBe(-1);
  });
});
