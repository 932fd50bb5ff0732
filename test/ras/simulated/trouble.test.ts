import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseScenario } from '../../../src/ras/simulated/parse.ts';
import { createSimulatedApi } from '../../../src/ras/simulated/simulated.ts';
import { PATIENT, play } from './support.ts';

function withTrouble(...troubles: readonly string[]): string {
  return `
entries:
  - { name: One, timeline: [{ state: connected }] }
  - { name: Two, timeline: [{ state: connected }] }
  - { name: 'Site {n}', count: 2, timeline: [{ state: connected }] }
api:
${troubles.map((trouble) => `  - { ${trouble} }`).join('\n')}
`;
}

describe('an error of the API', () => {
  it('is there from its beginning to its end, and again with every round', async () => {
    const { api, clock } = play(
      withTrouble('function: RasEnumConnectionsW, from: 5m, for: 30s, every: 20m, returns: 711'),
    );
    const codes: unknown[] = [];
    for (const seconds of [0, 299.999, 300, 329.999, 330, 1500, 1530]) {
      clock.now = 5000 + seconds * 1000;
      const answer = api.enumConnections(PATIENT).then(
        (connections) => connections.length,
        (error: unknown) => error,
      );
      codes.push(await answer);
    }
    const error = expect.objectContaining({ name: 'CallError', function: 'RasEnumConnectionsW', code: 711 });
    expect(codes).toEqual([4, 4, error, error, 4, error, 4]);
    expect(api.calls.calls.get('RasEnumConnectionsW')).toBe(7);
    expect(api.calls.errors.get('RasEnumConnectionsW')).toEqual(new Map([[711, 3]]));
  });

  it('concerns one entry, or all copies of one, when it names it', async () => {
    const { api } = play(
      withTrouble(
        'function: RasGetConnectStatusW, entry: Two, returns: 8',
        "function: RasGetEntryPropertiesW, entry: 'Site {n}', returns: 625",
      ),
    );
    const connections = await api.enumConnections(PATIENT);
    const asked = await Promise.allSettled(connections.map(({ handle }) => api.getConnectStatus(handle, PATIENT)));
    expect(asked.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    const entries = await api.enumEntries(PATIENT);
    const read = await Promise.allSettled(entries.map((entry) => api.getEntryProperties(entry, PATIENT)));
    expect(read.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
  });

  it('is the first of several', async () => {
    const { api } = play(
      withTrouble('function: RasEnumEntriesW, for: 1s, returns: 5', 'function: RasEnumEntriesW, returns: 625'),
    );
    await expect(api.enumEntries(PATIENT)).rejects.toMatchObject({ code: 5 });
  });

  it('is none when RasGetConnectStatusW says that the connection has ended', async () => {
    const { api } = play(withTrouble('function: RasGetConnectStatusW, returns: 6'));
    const [{ handle } = { handle: 0n }] = await api.enumConnections(PATIENT);
    expect(await api.getConnectStatus(handle, PATIENT)).toBeUndefined();
    expect(api.calls.errors.size).toBe(0);
  });
});

describe('calls that take time', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function playInTime(...troubles: readonly string[]) {
    // Date, unlike performance.now(), is always among the faked clocks.
    return createSimulatedApi({
      scenario: parseScenario(withTrouble(...troubles), 'test.yaml'),
      clock: () => Date.now(),
    });
  }

  /** What has become of a promise: its value, its error's message, or nothing yet. */
  function watch(promise: Promise<unknown>) {
    const seen: { result?: unknown; error?: string } = {};
    promise.then(
      (result) => {
        seen.result = result;
      },
      (error: unknown) => {
        seen.error = String(error);
      },
    );
    return seen;
  }

  it('return after their delay, and what is called meanwhile comes after them', async () => {
    const api = playInTime('function: RasEnumEntriesW, for: 1m, delay: 200ms');
    const slow = watch(api.enumEntries(PATIENT));
    const behind = watch(api.enumConnections(PATIENT));
    await vi.advanceTimersByTimeAsync(199);
    expect([slow, behind]).toEqual([{}, {}]);
    expect(api.calls.calls.get('RasEnumEntriesW')).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(slow.result).toHaveLength(4);
    expect(behind.result).toHaveLength(4);
    expect(api.calls.calls.get('RasEnumEntriesW')).toBe(1);
  });

  it('may return an error in the end', async () => {
    const api = playInTime('function: RasEnumEntriesW, delay: 1s, returns: 1722');
    const late = watch(api.enumEntries(PATIENT));
    await vi.advanceTimersByTimeAsync(1000);
    expect(late.error).toContain('1722');
    expect(api.calls.errors.get('RasEnumEntriesW')).toEqual(new Map([[1722, 1]]));
  });

  it('let thousands of others queue behind them', async () => {
    const api = playInTime('function: RasEnumEntriesW, for: 100ms, delay: 100ms');
    watch(api.enumEntries(PATIENT));
    const queued = Array.from({ length: 5000 }, () => api.getConnectStatus(0x10001n, PATIENT));
    await vi.advanceTimersByTimeAsync(150);
    expect(await Promise.all(queued)).toHaveLength(5000);
  });

  it('hang until the trouble ends, and everything else is refused until then', async () => {
    const api = playInTime('function: RasGetConnectStatusW, entry: One, from: 1m, for: 30s, hang: true');
    await vi.advanceTimersByTimeAsync(70_000);
    const deadline = new AbortController();
    const hung = watch(api.getConnectStatus(0x10001n, deadline.signal));
    const queued = watch(api.enumEntries(deadline.signal));
    await vi.advanceTimersByTimeAsync(5000);
    expect([hung, queued, api.hanging]).toEqual([{}, {}, false]);

    deadline.abort();
    await vi.advanceTimersByTimeAsync(0);
    expect(hung.error).toBe('CallTimeout: RasGetConnectStatusW has not returned within 5.0 s');
    expect(queued.error).toContain('was not called');
    expect(api.hanging).toBe(true);
    await expect(api.enumConnections(PATIENT)).rejects.toMatchObject({ name: 'CallTimeout' });
    expect(api.calls.calls.get('RasGetConnectStatusW')).toBe(0);

    await vi.advanceTimersByTimeAsync(15_000);
    expect(api.hanging).toBe(false);
    // The call has returned, if too late for anybody: it counts.
    expect(api.calls.calls.get('RasGetConnectStatusW')).toBe(1);
    expect(await api.enumConnections(PATIENT)).toHaveLength(4);
    expect(await api.getConnectStatus(0x10001n, PATIENT)).toMatchObject({ state: 0x2000 });
  });

  it('hang for ever when the trouble does not end', async () => {
    const api = playInTime('function: RasEnumConnectionsW, hang: true');
    const deadline = new AbortController();
    const hung = watch(api.enumConnections(deadline.signal));
    deadline.abort();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(hung.error).toContain('CallTimeout');
    expect(api.hanging).toBe(true);
  });

  it('follow their clock, not the timers', async () => {
    const { api, clock } = play(withTrouble('function: RasEnumEntriesW, for: 1h, hang: true'));
    const hung = watch(api.enumEntries(PATIENT));
    await vi.advanceTimersByTimeAsync(7_200_000);
    expect(hung).toEqual({});
    clock.now += 3_600_000;
    await vi.advanceTimersByTimeAsync(100);
    expect(hung.result).toHaveLength(4);
  });
});
