import { describe, expect, it } from 'vitest';
import { CallTimeout } from '../../src/ras/call-errors.ts';
import { Lane } from '../../src/ras/lane.ts';

/** A call that returns when it is told to. */
function heldCall() {
  const held = { started: 0, finish: (_error: Error | null, _result: number) => {} };
  return {
    held,
    start: (done: (error: Error | null, result: number) => void) => {
      held.started += 1;
      held.finish = done;
    },
  };
}

const forever = new AbortController().signal;

describe('a lane', () => {
  it('gives the result of a call, and its error', async () => {
    const lane = new Lane();
    expect(await lane.run<number>('A', (done) => done(null, 7), forever)).toBe(7);
    await expect(lane.run<number>('A', (done) => done(new Error('no'), 0), forever)).rejects.toThrow('no');
    await expect(
      lane.run(
        'A',
        () => {
          throw new Error('cannot even start');
        },
        forever,
      ),
    ).rejects.toThrow('cannot even start');
    expect(await lane.run<number>('A', (done) => done(null, 8), forever)).toBe(8);
  });

  it('names the call that several in a row have come to', async () => {
    const lane = new Lane();
    const deadline = new AbortController();
    const several = lane.run<number>('A', (_, calling) => calling('B'), deadline.signal);
    deadline.abort();
    await expect(several).rejects.toMatchObject({ name: 'CallTimeout', function: 'B' });
    await expect(lane.run<number>('A', () => {}, forever)).rejects.toThrow(/^A was not called: B has not returned for/);
  });

  it('has one call in flight, and starts the next when it returns', async () => {
    const lane = new Lane();
    const first = heldCall();
    const second = heldCall();
    const results = [lane.run('A', first.start, forever), lane.run('B', second.start, forever)];
    expect([first.held.started, second.held.started]).toEqual([1, 0]);
    first.held.finish(null, 1);
    expect(second.held.started).toBe(1);
    second.held.finish(null, 2);
    expect(await Promise.all(results)).toEqual([1, 2]);
  });

  it('refuses everything once a call has outlived its deadline, without starting it', async () => {
    const lane = new Lane();
    const hung = heldCall();
    const queued = heldCall();
    const later = heldCall();
    const abort = new AbortController();
    const first = lane.run('Hung', hung.start, abort.signal);
    const second = lane.run('Queued', queued.start, forever);
    abort.abort();
    await expect(first).rejects.toThrow(/Hung has not returned within/);
    await expect(second).rejects.toThrow(/Queued was not called: Hung has not returned for/);
    expect(lane.hanging).toBe(true);
    for (let scrape = 0; scrape < 1000; scrape += 1) {
      await expect(lane.run('Later', later.start, forever)).rejects.toBeInstanceOf(CallTimeout);
    }
    expect([queued.held.started, later.held.started]).toEqual([0, 0]);
  });

  it('goes on when the call returns after all, and drops its late result', async () => {
    const lane = new Lane();
    const hung = heldCall();
    const abort = new AbortController();
    const first = lane.run('Hung', hung.start, abort.signal);
    abort.abort();
    await expect(first).rejects.toBeInstanceOf(CallTimeout);
    hung.held.finish(null, 99);
    expect(lane.hanging).toBe(false);
    expect(await lane.run<number>('A', (done) => done(null, 1), forever)).toBe(1);
  });

  it('does not start a call whose deadline passed in the queue or before it', async () => {
    const lane = new Lane();
    const busy = heldCall();
    const queued = heldCall();
    const abort = new AbortController();
    const first = lane.run('Busy', busy.start, forever);
    const second = lane.run('Queued', queued.start, abort.signal);
    abort.abort();
    await expect(second).rejects.toThrow(/passed while it waited/);
    await expect(lane.run('Late', queued.start, abort.signal)).rejects.toThrow(/the deadline had passed/);
    busy.held.finish(null, 1);
    expect(await first).toBe(1);
    expect(queued.held.started).toBe(0);
    expect(lane.hanging).toBe(false);
  });
});
