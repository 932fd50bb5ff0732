/** Calls that fail, come late or never: what was read is kept, what was not is read later, and no handle stays open. */
import { describe, expect, it } from 'vitest';
import type { EventBatch } from '../../../src/ras/event-log.ts';
import { EVT_FUNCTIONS } from '../../../src/ras/wevtapi/prototypes.ts';
import { soon } from '../../support/binding.ts';
import { event, events, misbehave, NO_REASON, timeOf } from '../../support/double-wevtapi.ts';
import { callsOfEvents, expectHandlesClosed, idsOf, openHandles, useEventLog } from '../../support/event-log.ts';
import { isMissing } from '../../support/requirements.ts';

const at = (recordId: number) => ({ recordId: BigInt(recordId), time: timeOf(recordId), bookmark: '' });
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe.skipIf(isMissing('gcc', 'stdio.h'))('a call that fails', () => {
  const bench = useEventLog();
  const log = events({ count: 200, recordId: 1 });

  it.each(['EvtQuery', 'EvtNext', 'EvtCreateRenderContext'] as const)(
    'has the read fail, and the next one finds the same: %s',
    async (name) => {
      for (const from of [{ since: 0 }, at(190)]) {
        bench.double.play(log, misbehave({ function: name, fails: 1722 }));
        await expect(bench.log.read(from, 10, soon())).rejects.toMatchObject({
          name: 'CallError',
          function: name,
          code: 1722,
        });
        expectHandlesClosed(bench.double);
        bench.double.play(log);
        expect(idsOf(await bench.log.read(from, 10, soon()))).toEqual(
          'since' in from ? numbers(1, 10) : numbers(191, 200),
        );
      }
    },
  );

  it.each(['EvtQuery', 'EvtNext', 'EvtCreateRenderContext'] as const)('may give no reason: %s', async (name) => {
    bench.double.play(log, misbehave({ function: name, fails: NO_REASON }));
    await expect(bench.log.read({ since: 0 }, 10, soon())).rejects.toMatchObject({
      name: 'BadAnswer',
      message: `${name} failed without a reason`,
    });
  });

  it('does not cost what was read before it', async () => {
    // The newest record, the oldest, then three batches of 64; the fourth fails.
    bench.double.play(log, misbehave({ function: 'EvtNext', after: 5, fails: 15_011 }));
    const batch = await bench.log.read({ since: 0 }, 1000, soon());
    expect(idsOf(batch)).toEqual(numbers(1, 192));
    expect(batch).toMatchObject({ position: at(192), more: true });
    await expect(bench.log.read(batch.position, 1000, soon())).rejects.toMatchObject({ code: 15_011 });
    bench.double.play(log);
    expect(idsOf(await bench.log.read(batch.position, 1000, soon()))).toEqual(numbers(193, 200));
  });

  it('has no record given up for what is not of the record', async () => {
    bench.double.play(log, misbehave({ function: 'EvtRender', after: 22, fails: 1722 }));
    const batch = await bench.log.read({ since: 0 }, 1000, soon());
    expect(batch).toMatchObject({ unreadable: 0, more: true });
    expect(idsOf(batch)).toEqual(numbers(1, 9));
  });

  it('is repeated for one record: it may work at the second time', async () => {
    bench.double.play(log, misbehave({ function: 'EvtRender', after: 20, count: 1, fails: 87 }));
    const batch = await bench.log.read({ since: 0 }, 1000, soon());
    expect(batch).toMatchObject({ unreadable: 0, more: false });
    expect(idsOf(batch)).toEqual(numbers(1, 200));
  });

  it('is no failure when it closes a handle', async () => {
    bench.double.play(log, misbehave({ function: 'EvtClose', fails: 6 }));
    expect(idsOf(await bench.log.read({ since: 0 }, 1000, soon()))).toEqual(numbers(1, 200));
    const closed = callsOfEvents(bench.double, 'EvtClose').map((call) => call.arguments.get('handle'));
    expect(new Set(closed).size).toBe(closed.length);
  });

  it('because it took too long to look is made again, a bounded number of times', async () => {
    bench.double.play(log, misbehave({ function: 'EvtNext', after: 1, count: 5, fails: 1460 }));
    expect(idsOf(await bench.log.read({ since: 0 }, 1000, soon()))).toEqual(numbers(1, 200));
    bench.double.play(log, misbehave({ function: 'EvtNext', after: 1, fails: 1460 }));
    await expect(bench.log.read({ since: 0 }, 1000, soon())).rejects.toMatchObject({ code: 1460 });
    expect(callsOfEvents(bench.double, 'EvtNext').length).toBeLessThan(100);
  });

  it('may say that it did not, and give nothing', async () => {
    bench.double.play(log, misbehave({ function: 'EvtNext', writesNothing: true }));
    await expect(bench.log.read({ since: 0 }, 10, soon())).rejects.toMatchObject({
      name: 'BadAnswer',
      function: 'EvtNext',
    });
  });
});

describe.skipIf(isMissing('gcc', 'stdio.h'))('a call that does not return', () => {
  const bench = useEventLog();
  const log = events({ count: 100, recordId: 1 });

  it.each(EVT_FUNCTIONS)('ends the read at its deadline, and is the only one until it returns: %s', async (name) => {
    bench.double.play(log, misbehave({ function: name, hang: true }));
    const started = performance.now();
    const read = bench.log.read({ since: timeOf(50) }, 1000, AbortSignal.timeout(300));
    await expect(read).rejects.toMatchObject({ name: 'CallTimeout', function: name });
    expect(performance.now() - started).toBeLessThan(1500);
    expect(bench.log.hanging).toBe(true);
    const calls = bench.double.readCalls().length;
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const refused = bench.log.read({ since: 0 }, 1000, soon());
      await expect(refused).rejects.toThrow(`EvtQuery was not called: ${name} has not returned for`);
    }
    expect(bench.double.readCalls()).toHaveLength(calls);
    // What it opened after all is closed before anything else happens.
    bench.double.play(log);
    await expect.poll(() => bench.log.hanging).toBe(false);
    expectHandlesClosed(bench.double);
    expect(idsOf(await bench.log.read({ since: timeOf(50) }, 1000, soon()))).toEqual(numbers(50, 100));
  });

  it('does not cost what was read before it', async () => {
    bench.double.play(log, misbehave({ function: 'EvtRender', after: 43, hang: true }));
    const batch = await bench.log.read({ since: 0 }, 1000, AbortSignal.timeout(500));
    expect(batch).toMatchObject({ more: true, unreadable: 0, gap: undefined });
    const read = idsOf(batch);
    expect(read).toEqual(numbers(1, 19));
    bench.double.play(log);
    await expect.poll(() => bench.log.hanging).toBe(false);
    expect(idsOf(await bench.log.read(batch.position, 1000, soon()))).toEqual(numbers(20, 100));
  });

  it('does not cost the whole of a read when only its handles are left to close', async () => {
    // The newest record, the oldest, and all 100 are closed; the queries and the contexts remain.
    bench.double.play(log, misbehave({ function: 'EvtClose', after: 102, hang: true }));
    const batch = await bench.log.read({ since: 0 }, 1000, AbortSignal.timeout(1500));
    expect(batch).toMatchObject({ more: false, position: at(100) });
    expect(idsOf(batch)).toEqual(numbers(1, 100));
    expect(openHandles(bench.double.readCalls())).toBeGreaterThan(0);
  });

  it('is not even made when the deadline has passed', async () => {
    bench.double.play(log);
    await expect(bench.log.read({ since: 0 }, 10, AbortSignal.abort())).rejects.toMatchObject({ name: 'CallTimeout' });
    expect(bench.double.readCalls()).toEqual([]);
  });
});

describe.skipIf(isMissing('gcc', 'stdio.h'))('slow calls', () => {
  const bench = useEventLog();

  it('have a read give what it has at its deadline, and every read gets further', async () => {
    const log = events({ count: 60, recordId: 1 });
    bench.double.play(log, misbehave({ function: 'EvtRender', delayMs: 8 }));
    let position: Parameters<typeof bench.log.read>[0] = { since: 0 };
    const ids: number[] = [];
    for (let reads = 0; reads < 30; reads += 1) {
      const batch: EventBatch | undefined = await bench.log
        .read(position, 1000, AbortSignal.timeout(250))
        .catch(() => undefined);
      await expect.poll(() => bench.log.hanging).toBe(false);
      if (batch === undefined) continue;
      ids.push(...idsOf(batch));
      position = batch.position;
      if (!batch.more) break;
    }
    expect(ids).toEqual(numbers(1, 60));
  });

  it('have a walk that is too long for its deadline become a shorter one, or a query', async () => {
    bench.double.play(
      event({ recordId: 1 }),
      events({ count: 100, recordId: 2, provider: 'Other' }),
      event({ recordId: 102 }),
      misbehave({ function: 'EvtRender', delayMs: 5 }),
    );
    const found: number[] = [];
    for (let reads = 0; reads < 10 && found.length === 0; reads += 1) {
      const batch = await bench.log.read(at(1), 10, AbortSignal.timeout(200)).catch(() => undefined);
      await expect.poll(() => bench.log.hanging).toBe(false);
      if (batch !== undefined) found.push(...idsOf(batch));
    }
    expect(found).toEqual([102]);
  });

  it('are made one after the other, however many reads there are', async () => {
    bench.double.play(event({ recordId: 1 }), misbehave({ function: '*', delayMs: 2 }));
    await Promise.all(Array.from({ length: 5 }, () => bench.log.read({ since: 0 }, 10, soon())));
    expect(Math.max(...bench.double.readCalls().map((call) => call.inFlight))).toBe(1);
  });
});

describe.skipIf(isMissing('gcc', 'stdio.h')).each(EVT_FUNCTIONS)('a wevtapi.dll without %s', (name) => {
  const bench = useEventLog([name]);

  it('has no call made', async () => {
    bench.double.play(event({ recordId: 1 }));
    await expect(bench.log.read({ since: 0 }, 10, soon())).rejects.toMatchObject({
      name: 'FunctionMissing',
      function: name,
    });
    expect(bench.double.readCalls()).toEqual([]);
  });
});
