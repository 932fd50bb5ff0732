/** What a read of the event log finds, and where the next one goes on. */
import { describe, expect, it } from 'vitest';
import { soon } from '../../support/binding.ts';
import { channel, event, events, timeOf } from '../../support/double-wevtapi.ts';
import { callsOfEvents, idsOf, readAll, useEventLog } from '../../support/event-log.ts';
import { isMissing } from '../../support/requirements.ts';

const at = (recordId: number) => ({ recordId: BigInt(recordId), time: timeOf(recordId), bookmark: '' });
const other = (recordId: number) => event({ recordId, provider: 'MsiInstaller', eventId: 1033 });

describe.skipIf(isMissing('gcc', 'stdio.h'))('the first read', () => {
  const bench = useEventLog();

  it('finds what RasClient wrote since a moment, oldest first', async () => {
    const coId = '{0A0B0C0D-0E0F-0001-0203-040506070809}';
    bench.double.play(
      event({ recordId: 1, eventId: 20_221 }),
      event({ recordId: 2, eventId: 20_221, data: [coId, 'PC\\alice', 'VPN', 'per-user', 'Büro 東京', 'a\r\nb'] }),
      other(3),
      event({ recordId: 4, eventId: 20_227, data: [coId, 'PC\\alice', 'Büro 東京', '809'], time: timeOf(4) + 7 }),
    );
    expect(await bench.log.read({ since: timeOf(2) }, 10, soon())).toEqual({
      records: [
        {
          recordId: 2n,
          eventId: 20_221,
          time: timeOf(2),
          data: [coId, 'PC\\alice', 'VPN', 'per-user', 'Büro 東京', 'a\r\nb'],
        },
        { recordId: 4n, eventId: 20_227, time: timeOf(4) + 7, data: [coId, 'PC\\alice', 'Büro 東京', '809'] },
      ],
      position: { recordId: 4n, time: timeOf(4) + 7, bookmark: '', done: timeOf(4) + 7 },
      more: false,
      unreadable: 0,
      gap: undefined,
    });
  });

  it('does not look through a log that has nothing since then', async () => {
    bench.double.play(events({ count: 1000, recordId: 1 }));
    const batch = await bench.log.read({ since: timeOf(1001) }, 10, soon());
    expect(batch).toMatchObject({ records: [], position: at(1000), more: false, gap: undefined });
    expect(callsOfEvents(bench.double, 'EvtQuery').map((call) => call.arguments.get('query'))).toEqual(['*']);
  });

  it('of an empty log begins with the first record that is ever written, whatever its number', async () => {
    const { position } = await bench.log.read({ since: timeOf(1) }, 10, soon());
    expect(position).toMatchObject({ recordId: 0n, time: timeOf(1), bookmark: '' });
    bench.double.play(event({ recordId: 40_000 }), event({ recordId: 40_001 }));
    const batch = await bench.log.read(position, 10, soon());
    expect(batch).toMatchObject({ position: at(40_001), gap: undefined });
    expect(idsOf(batch)).toEqual([40_000, 40_001]);
  });

  it.each([
    ['begins later, and not with record 1', events({ count: 5, recordId: 20 }), timeOf(19), 'overwritten'],
    ['begins later with record 1', events({ count: 5, recordId: 1, time: timeOf(20) }), timeOf(19), undefined],
    ['goes back as far', events({ count: 5, recordId: 20 }), timeOf(20), undefined],
  ])('of a log that %s tells whether records since then may be gone', async (_what, log, since, gap) => {
    bench.double.play(log);
    // Once, and also when it cannot hand out everything.
    const batches = await readAll(bench.log, { since }, 2);
    expect(batches.map((batch) => batch.gap)).toEqual([gap, undefined, undefined]);
    expect(idsOf(...batches)).toHaveLength(5);
  });

  it('passes over events that are not counted', async () => {
    bench.double.play(
      ...[20_219, 20_220, 20_227, 20_228].map((eventId, index) => event({ recordId: index + 1, eventId })),
    );
    expect(idsOf(await bench.log.read({ since: 0 }, 10, soon()))).toEqual([2, 3]);
    expect(idsOf(await bench.log.read(at(0), 10, soon()))).toEqual([2, 3]);
  });

  it('hands out at most as many as it may, and says that there is more', async () => {
    bench.double.play(events({ count: 25, recordId: 1 }));
    const batches = await readAll(bench.log, { since: 0 }, 10);
    expect(batches.map((batch) => [idsOf(batch).length, batch.more])).toEqual([
      [10, true],
      [10, true],
      [5, false],
    ]);
    expect(idsOf(...batches)).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
  });
});

describe.skipIf(isMissing('gcc', 'stdio.h'))('a later read', () => {
  const bench = useEventLog();

  it('of a log where nothing happened makes seven calls, however long the log is', async () => {
    bench.double.play(events({ count: 9999, recordId: 1 }), other(10_000));
    expect(await bench.log.read(at(10_000), 10, soon())).toMatchObject({
      records: [],
      position: at(10_000),
      more: false,
    });
    expect(bench.double.readCalls()).toHaveLength(7);
  });

  it('finds what was written since, and ends with the newest record of whatever provider', async () => {
    bench.double.play(event({ recordId: 7 }), other(8), event({ recordId: 9 }), event({ recordId: 10 }), other(11));
    const batch = await bench.log.read(at(7), 10, soon());
    expect(idsOf(batch)).toEqual([9, 10]);
    expect(batch).toMatchObject({ position: at(11), more: false, unreadable: 0, gap: undefined });
  });

  it.each([256, 257, 2000])('finds them among %i that were written since', async (count) => {
    bench.double.play(event({ recordId: 1 }), events({ count, recordId: 2, every: 100 }));
    const expected = Array.from({ length: Math.floor(count / 100) }, (_, index) => 100 * (index + 1) + 1);
    const whole = await bench.log.read(at(1), 1000, soon());
    expect(idsOf(whole)).toEqual(expected);
    expect(whole).toMatchObject({ position: at(count + 1), more: false, gap: undefined });
    const parts = await readAll(bench.log, at(1), 2);
    expect(idsOf(...parts)).toEqual(expected);
    expect(parts.map(({ gap }) => gap)).toEqual(parts.map(() => undefined));
  });

  it('looks through a long log only when more was written than it walks through', async () => {
    bench.double.play(events({ count: 10_000, recordId: 1, provider: 'Other' }));
    await bench.log.read(at(9_900), 10, soon());
    const queries = callsOfEvents(bench.double, 'EvtQuery').map((call) => call.arguments.get('query'));
    expect(queries).toEqual(['*']);
    expect(callsOfEvents(bench.double, 'EvtRender')).toHaveLength(101);
  });

  it('asks by number when more was written', async () => {
    bench.double.play(events({ count: 300, recordId: 1 }));
    await bench.log.read(at(1), 10, soon());
    expect(callsOfEvents(bench.double, 'EvtQuery').map((call) => call.arguments.get('query'))).toEqual([
      '*',
      '*[System[(EventRecordID=1)]]',
      "*[System[Provider[@Name='RasClient'] and (EventID>=20220 and EventID<=20227) and (EventRecordID>1 and EventRecordID<=300)]]",
    ]);
  });
});

describe.skipIf(isMissing('gcc', 'stdio.h'))('a log that lost records', () => {
  const bench = useEventLog();

  it.each([10, 1000])('to newer ones shows a gap once, and %i that are left', async (count) => {
    bench.double.play(events({ count, recordId: 20 }));
    const batch = await bench.log.read(at(18), 2000, soon());
    expect(batch).toMatchObject({ gap: 'overwritten', more: false, position: at(19 + count) });
    expect(idsOf(batch)).toHaveLength(count);
    expect((await bench.log.read(batch.position, 10, soon())).gap).toBe(undefined);
  });

  it.each([10, 1000])('that had all been read shows none, with %i that are left', async (count) => {
    bench.double.play(events({ count, recordId: 20 }));
    const batch = await bench.log.read(at(19), 2000, soon());
    expect(batch.gap).toBe(undefined);
    expect(idsOf(batch)).toHaveLength(count);
  });

  it('because it was cleared, and is empty', async () => {
    const batch = await bench.log.read(at(18), 10, soon());
    expect(batch).toMatchObject({ gap: 'cleared', records: [], position: { recordId: 0n, time: timeOf(18) } });
    expect(await bench.log.read(batch.position, 10, soon())).toMatchObject({ gap: undefined, records: [] });
  });

  // Fewer than had been read, as many, a few more, many more.
  it.each([5, 18, 30, 1000])('because it was cleared, and counts from 1 again to %i', async (count) => {
    bench.double.play(events({ count, recordId: 1, time: timeOf(100_000) }));
    const batches = await readAll(bench.log, at(18), 400);
    expect(idsOf(...batches)).toEqual(Array.from({ length: count }, (_, index) => index + 1));
    expect(batches.map(({ gap }) => gap).filter((gap) => gap !== undefined)).toEqual(['cleared']);
  });

  it('because it was cleared does not show again what was read before', async () => {
    bench.double.play(event({ recordId: 3, time: timeOf(18) - 1 }), event({ recordId: 4, time: timeOf(18) + 1 }));
    expect(idsOf(await bench.log.read(at(18), 10, soon()))).toEqual([4]);
  });

  it('because of a newest record with a bad number and an old time is read on from where reading began', async () => {
    bench.double.play(events({ count: 50, recordId: 1 }), event({ recordId: 10n ** 15n, time: timeOf(1) }));
    const first = await bench.log.read({ since: timeOf(48) }, 10, soon());
    bench.double.play(events({ count: 52, recordId: 1 }));
    const second = await bench.log.read(first.position, 10, soon());
    expect(idsOf(first, second)).toEqual([48, 49, 50, 51, 52]);
  });

  it('because of a newest record with a bad number and an old time shows nothing again that it has shown', async () => {
    bench.double.play(events({ count: 50, recordId: 1 }));
    const first = await bench.log.read({ since: timeOf(48) }, 10, soon());
    bench.double.play(events({ count: 51, recordId: 1 }), event({ recordId: 10n ** 15n, time: timeOf(1) }));
    const second = await bench.log.read(first.position, 10, soon());
    // Twice: what is known must outlive the position that it was learnt at.
    bench.double.play(events({ count: 52, recordId: 1 }), event({ recordId: 10n ** 14n, time: timeOf(2) }));
    const third = await bench.log.read(second.position, 10, soon());
    bench.double.play(events({ count: 53, recordId: 1 }));
    const fourth = await bench.log.read(third.position, 10, soon());
    const ours = idsOf(first, second, third, fourth).filter((id) => id < 1000);
    expect(ours).toEqual([48, 49, 50, 51, 52, 53]);
  });

  it('because it was cleared, and counts on', async () => {
    bench.double.play(event({ recordId: 19 }), event({ recordId: 20 }));
    expect(idsOf(await bench.log.read(at(18), 10, soon()))).toEqual([19, 20]);
  });

  it('is not one whose clock went back', async () => {
    bench.double.play(
      event({ recordId: 17, time: timeOf(900) }),
      event({ recordId: 18 }),
      event({ recordId: 19, time: timeOf(1) }),
    );
    const batch = await bench.log.read(at(18), 10, soon());
    expect(batch.gap).toBe(undefined);
    expect(idsOf(batch)).toEqual([19]);
  });
});

describe.skipIf(isMissing('gcc', 'stdio.h'))('a channel', () => {
  const bench = useEventLog();

  it.each([
    [5, /EvtQuery returned 5 ERROR_ACCESS_DENIED/],
    [15_007, /EvtQuery returned 15007 ERROR_EVT_CHANNEL_NOT_FOUND/],
  ])('that cannot be read says why: %i', async (returns, message) => {
    bench.double.play(channel({ returns }));
    await expect(bench.log.read({ since: 0 }, 10, soon())).rejects.toThrow(message);
  });

  it('is the Application log', async () => {
    bench.double.play(channel({ name: 'Application' }), event({ recordId: 1 }));
    expect(idsOf(await bench.log.read({ since: 0 }, 10, soon()))).toEqual([1]);
  });
});
