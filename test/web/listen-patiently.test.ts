/** A start that waits for an address: for one that may come, as long as it was told to. */
import { describe, expect, it } from 'vitest';
import { ListenError, type Listening } from '../../src/web/listen.ts';
import { listenPatiently } from '../../src/web/listen-patiently.ts';

const LISTENING: Listening = { addresses: ['192.0.2.1:10600'], close: async () => {} };

/** Listens at the attempt `success`; before, there are errors with `code`. */
function attempts(code: string, success: number) {
  let made = 0;
  const told: string[] = [];
  return {
    told,
    listenNow: async () => {
      made += 1;
      if (made < success) throw new ListenError(`attempt ${made}`, code);
      return LISTENING;
    },
    waiting: (problem: ListenError) => void told.push(problem.message),
  };
}

describe('an address that is not there', () => {
  it.each(['EADDRNOTAVAIL', 'EAI_AGAIN'])('is waited for: %s', async (code) => {
    const { told, listenNow, waiting } = attempts(code, 3);
    expect(await listenPatiently(listenNow, { most: 10_000, interval: 1, waiting })).toBe(LISTENING);
    expect(told).toEqual(['attempt 1', 'attempt 2']);
  });

  it.each(['EADDRINUSE', 'EACCES', 'ENOTFOUND'])('for good is not: %s', async (code) => {
    const { told, listenNow, waiting } = attempts(code, 3);
    await expect(listenPatiently(listenNow, { most: 10_000, interval: 1, waiting })).rejects.toThrow('attempt 1');
    expect(told).toEqual([]);
  });

  it('is waited for as long as that was wanted', async () => {
    const { told, listenNow, waiting } = attempts('EADDRNOTAVAIL', Number.POSITIVE_INFINITY);
    await expect(listenPatiently(listenNow, { most: 50, interval: 20, waiting })).rejects.toThrow(/^attempt/);
    expect(told.length).toBeGreaterThan(0);
  });
});
