/** A call into the DLL that does not return: what it costs, and what it does not. */
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { Rasapi32 } from '../../../src/ras/rasapi32/rasapi32.ts';
import { callsOf, soon, useBinding } from '../../support/binding.ts';
import { behave, connection, entry, status } from '../../support/double.ts';
import { ikev2Projection } from '../../support/double-connected.ts';
import { isMissing } from '../../support/requirements.ts';

const office = connection({ handle: 1n, entry: 'Office' });
const hung = behave({ function: 'RasEnumConnectionsW', hang: true });

const threads = () => readdirSync('/proc/self/task').length;

describe.skipIf(isMissing('gcc', 'stdio.h'))('a call that does not return', () => {
  const bench = useBinding();

  /** Makes RasEnumConnectionsW hang, and waits until nobody waits for it any more. */
  async function hang(): Promise<void> {
    bench.double.play(office, hung);
    const asked = bench.ras.enumConnections(AbortSignal.timeout(200));
    await expect(asked).rejects.toThrow(/RasEnumConnectionsW has not returned within 0\.\d s/);
  }

  it('rejects at the deadline', async () => {
    bench.double.play(office, hung);
    const started = performance.now();
    const asked = bench.ras.enumConnections(AbortSignal.timeout(300));
    await expect(asked).rejects.toMatchObject({ name: 'CallTimeout', function: 'RasEnumConnectionsW' });
    expect(performance.now() - started).toBeGreaterThan(250);
    expect(bench.ras.hanging).toBe(true);
  });

  it('is hanging already before its deadline: the process must not wait for it', async () => {
    bench.double.play(office, hung);
    const asked = bench.ras.enumConnections(AbortSignal.timeout(2000));
    asked.catch(() => {});
    await expect.poll(() => bench.double.readCalls().length).toBe(1);
    expect(bench.ras.hanging).toBe(true);
    bench.double.play(office);
    expect(await asked).toHaveLength(1);
    expect(bench.ras.hanging).toBe(false);
  });

  it('gets no second call and no second thread, however often it is asked for', async () => {
    bench.double.play(office);
    // The pool has its threads from the first call on.
    await bench.ras.enumConnections(soon());
    await hang();
    const before = threads();
    for (let attempt = 0; attempt < 1000; attempt += 1) {
      await expect(bench.ras.enumConnections(soon())).rejects.toThrow(/was not called: RasEnumConnectionsW has not/);
    }
    expect(threads()).toBe(before);
    const [fine, hanging, ...others] = callsOf(bench.double, 'RasEnumConnectionsW');
    expect([fine?.returned, hanging?.returned, others]).toEqual([0, undefined, []]);
  });

  it('refuses at once every other function of the DLL, too', async () => {
    await hang();
    const started = performance.now();
    await expect(bench.ras.getConnectStatus(1n, soon())).rejects.toMatchObject({
      name: 'CallTimeout',
      function: 'RasGetConnectStatusW',
    });
    await expect(bench.ras.enumEntries(soon())).rejects.toMatchObject({ name: 'CallTimeout' });
    await expect(bench.ras.getConnectionStatistics(1n, soon())).rejects.toMatchObject({ name: 'CallTimeout' });
    await expect(bench.ras.getProjectionInfo(1n, soon())).rejects.toMatchObject({ name: 'CallTimeout' });
    await expect(bench.ras.enumDevices(soon())).rejects.toMatchObject({ name: 'CallTimeout' });
    await expect(bench.ras.getErrorString(809, soon())).rejects.toMatchObject({ name: 'CallTimeout' });
    expect(performance.now() - started).toBeLessThan(2000);
    expect(bench.double.readCalls()).toHaveLength(1);
  });

  it('refuses what had been waiting for it', async () => {
    bench.double.play(office, hung);
    const first = bench.ras.enumConnections(AbortSignal.timeout(200));
    const second = bench.ras.enumEntries(soon());
    await expect(first).rejects.toMatchObject({ name: 'CallTimeout' });
    await expect(second).rejects.toThrow(/RasEnumEntriesW was not called: RasEnumConnectionsW has not returned/);
  });

  it('leaves the other threads of the pool to those that need them', async () => {
    await hang();
    const files = await Promise.all(Array.from({ length: 20 }, () => readFile(import.meta.filename, 'utf8')));
    expect(new Set(files).size).toBe(1);
  });

  it('that returns after all frees the way, and its late answer is nobody’s', async () => {
    await hang();
    bench.double.play(connection({ handle: 2n, entry: 'Branch' }), entry({ entry: 'Branch' }));
    await expect.poll(() => bench.ras.hanging).toBe(false);
    expect(await bench.ras.enumConnections(soon())).toMatchObject([{ handle: 2n, entry: 'Branch' }]);
    expect(await bench.ras.enumEntries(soon())).toHaveLength(1);
    expect(Math.max(...bench.double.readCalls().map((call) => call.inFlight))).toBe(1);
  });

  it('for one connection leaves what was known of the others', async () => {
    bench.double.play(
      office,
      connection({ handle: 2n, entry: 'Branch' }),
      status({ handle: 1n, state: 0x2001, error: 809 }),
      behave({ function: 'RasGetConnectStatusW', handle: 2n, hang: true }),
    );
    expect(await bench.ras.getConnectStatus(1n, soon())).toMatchObject({ error: 809 });
    await expect(bench.ras.getConnectStatus(2n, AbortSignal.timeout(200))).rejects.toMatchObject({
      name: 'CallTimeout',
    });
  });
});

describe.skipIf(isMissing('gcc', 'stdio.h')).each([
  ['RasGetConnectionStatistics', (ras: Rasapi32, signal: AbortSignal) => ras.getConnectionStatistics(1n, signal)],
  ['RasGetProjectionInfoEx', (ras: Rasapi32, signal: AbortSignal) => ras.getProjectionInfo(1n, signal)],
  ['RasEnumDevicesW', (ras: Rasapi32, signal: AbortSignal) => ras.enumDevices(signal)],
] as const)('%s that does not return', (name, ask) => {
  const bench = useBinding();

  it('rejects at the deadline, and answers again when it has returned', async () => {
    bench.double.play(office, ikev2Projection({ handle: 1n }), behave({ function: name, hang: true }));
    await expect(ask(bench.ras, AbortSignal.timeout(200))).rejects.toMatchObject({
      name: 'CallTimeout',
      function: name,
    });
    await expect(ask(bench.ras, soon())).rejects.toMatchObject({ name: 'CallTimeout' });
    bench.double.play(office, ikev2Projection({ handle: 1n }));
    await expect.poll(() => bench.ras.hanging).toBe(false);
    expect(await ask(bench.ras, soon())).toBeDefined();
    expect(bench.ras.calls.calls.get(name)).toBe(2);
  });
});

describe.skipIf(isMissing('gcc', 'stdio.h'))('a call that is slow', () => {
  const bench = useBinding();

  it('is waited for until its deadline', async () => {
    bench.double.play(office, behave({ function: 'RasEnumConnectionsW', delayMs: 400 }));
    expect(await bench.ras.enumConnections(soon())).toHaveLength(1);
  });

  it('is not even made when the deadline has passed', async () => {
    bench.double.play(office);
    await expect(bench.ras.enumConnections(AbortSignal.abort())).rejects.toMatchObject({ name: 'CallTimeout' });
    expect(bench.double.readCalls()).toEqual([]);
  });

  it('has the others wait: never two calls at once', async () => {
    bench.double.play(office, behave({ function: 'RasEnumConnectionsW', delayMs: 20 }));
    await Promise.all(Array.from({ length: 20 }, () => bench.ras.enumConnections(soon())));
    expect(bench.double.readCalls().map((call) => call.inFlight)).toEqual(Array.from({ length: 20 }, () => 1));
  });
});
