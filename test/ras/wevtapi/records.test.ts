/** Records as EvtRender writes them: of every type, large, odd, and not to be read at all. */
import { describe, expect, it } from 'vitest';
import { soon } from '../../support/binding.ts';
import { type Data, event, misbehave, type Property, timeOf } from '../../support/double-wevtapi.ts';
import { callsOfEvents, idsOf, useEventLog } from '../../support/event-log.ts';
import { isMissing } from '../../support/requirements.ts';

const at = (recordId: number) => ({ recordId: BigInt(recordId), time: timeOf(recordId), bookmark: '' });
const bytes = (hex: string) => Buffer.from(hex, 'hex');

/** EVT_VARIANT_TYPE, value, text. */
const VALUES: readonly [string, Data, string][] = [
  ['NULL', { type: 0, value: 0 }, ''],
  ['a string', 'Büro 東京', 'Büro 東京'],
  ['an empty string', '', ''],
  ['a lone surrogate', 'x\ud800y', 'x\ud800y'],
  ['a string of 1-byte characters', { type: 2, value: Buffer.from('caf\xe9', 'latin1') }, 'café'],
  ['SByte', { type: 3, value: 0xff }, '-1'],
  ['Byte', { type: 4, value: 255 }, '255'],
  ['Int16', { type: 5, value: 0xfffe }, '-2'],
  ['UInt16', { type: 6, value: 65_535 }, '65535'],
  ['Int32', { type: 7, value: 0xffff_fffd }, '-3'],
  ['UInt32', { type: 8, value: 0x800b_0109 }, '2148204809'],
  ['Int64', { type: 9, value: 0xffff_ffff_ffff_fffcn }, '-4'],
  ['UInt64', { type: 10, value: 0xffff_ffff_ffff_ffffn }, '18446744073709551615'],
  ['Single', { type: 11, value: 0x3fc0_0000 }, '1.5'],
  ['Double', { type: 12, value: 0x3ff4_0000_0000_0000n }, '1.25'],
  ['Boolean', { type: 13, value: 1 }, 'true'],
  ['Binary', { type: 14, value: bytes('00ff10') }, '00ff10'],
  ['GUID', { type: 15, value: bytes('0d0c0b0a0f0e01000203040506070809') }, '{0a0b0c0d-0e0f-0001-0203-040506070809}'],
  ['SizeT', { type: 16, value: 12 }, '12'],
  ['FILETIME', { type: 17, value: 133_485_408_000_000_000n }, '2024-01-01T00:00:00.000Z'],
  ['SYSTEMTIME', { type: 18, value: bytes('e8070100010001000200030004000500') }, '2024-01-01T02:03:04.005Z'],
  ['SID', { type: 19, value: bytes('0102000000000005200000003d020000') }, 'S-1-5-32-573'],
  ['HexInt32', { type: 20, value: 809 }, '0x329'],
  ['HexInt64', { type: 21, value: 0x1_0000_0000n }, '0x100000000'],
  ['a handle', { type: 32, value: 7 }, ''],
  ['XML', { type: 35, value: Buffer.from('<a/>', 'utf16le') }, '<a/>'],
  ['an array', { type: 129, value: bytes('0000000000000000') }, ''],
];

describe.skipIf(isMissing('gcc', 'stdio.h'))('EventData', () => {
  const bench = useEventLog();

  it.each(VALUES)('may be %s', async (_, value, text) => {
    bench.double.play(event({ recordId: 1, data: ['before', value, 'after'] }));
    const { records } = await bench.log.read({ since: 0 }, 10, soon());
    expect(records[0]?.data).toEqual(['before', text, 'after']);
  });

  it('may be nothing', async () => {
    bench.double.play(event({ recordId: 1 }));
    expect((await bench.log.read({ since: 0 }, 10, soon())).records[0]?.data).toEqual([]);
  });

  it('may be larger than any buffer that was made for it, and the next record smaller again', async () => {
    const huge = 'x'.repeat(31_000);
    bench.double.play(event({ recordId: 1, data: [huge, huge, 'end'] }), event({ recordId: 2, data: ['small'] }));
    const { records } = await bench.log.read({ since: 0 }, 10, soon());
    expect(records.map(({ data }) => data.map((text) => text.length))).toEqual([[31_000, 31_000, 3], [5]]);
    // 122 once, with the bytes that are needed.
    expect(callsOfEvents(bench.double, 'EvtRender').filter((call) => call.returned === 122)).toHaveLength(1);
  });
});

describe.skipIf(isMissing('gcc', 'stdio.h'))('a record that cannot be read', () => {
  const bench = useEventLog();

  const spoilt: readonly [string, Omit<Parameters<typeof event>[0], 'recordId'>][] = [
    ['without a number', { null: ['recordid'] }],
    ['whose number is no number', { wrong: ['recordid'] }],
    ['without a time', { null: ['time'] }],
    ['without a provider', { null: ['provider'] }],
    ['whose provider lies before the buffer', { outside: ['provider'] }],
    ['whose provider lies behind the buffer', { behind: ['provider'] }],
    ['without an event id', { null: ['eventid'] }],
    ['whose EventData lies before the buffer', { data: ['a', 'b'], outside: ['data1'] }],
    ['whose EventData lies behind the buffer', { data: ['a', 'b'], behind: ['data0'] }],
    ['whose EventData has an unknown type', { data: [{ type: 99, value: 0 }] }],
    ['that EvtRender refuses', { systemFails: 15_005 }],
    ['whose EventData EvtRender refuses', { userFails: 13 }],
  ];

  it.each(spoilt)('%s is counted once and passed over', async (_, values) => {
    const log = [event({ recordId: 1 }), event({ recordId: 2 }), event({ recordId: 3, ...values })];
    // Walked through, with more behind it.
    bench.double.play(...log, event({ recordId: 4 }));
    const walked = await bench.log.read(at(1), 10, soon());
    expect(idsOf(walked)).toEqual([2, 4]);
    expect(walked).toMatchObject({ unreadable: 1, position: at(4) });
    expect(await bench.log.read(walked.position, 10, soon())).toMatchObject({ records: [], unreadable: 0 });
    // The newest one: now, or with the next one that is written.
    bench.double.play(...log);
    const first = await bench.log.read(at(1), 10, soon());
    bench.double.play(...log, event({ recordId: 4 }), event({ recordId: 5 }));
    const second = await bench.log.read(first.position, 10, soon());
    expect(idsOf(first, second)).toEqual([2, 4, 5]);
    expect(first.unreadable + second.unreadable).toBe(1);
    expect((await bench.log.read(second.position, 10, soon())).unreadable).toBe(0);
  });

  it.each<Property>(['recordid', 'time', 'eventid'])(
    'in a query is counted once, too, also when %s is missing',
    async (property) => {
      bench.double.play(
        event({ recordId: 1 }),
        event({ recordId: 2, userFails: 13 }),
        event({
          recordId: 3,
          ...(property === 'eventid' ? { wrong: ['data0'], data: ['x'], userFails: 13 } : { null: [property] }),
        }),
        event({ recordId: 4 }),
        event({ recordId: 5 }),
      );
      for (const limit of [1, 2, 3, 4, 100]) {
        let position: Parameters<typeof bench.log.read>[0] = { since: 0 };
        const ids: number[] = [];
        let unreadable = 0;
        for (let reads = 0; reads < 10; reads += 1) {
          const batch = await bench.log.read(position, limit, soon());
          ids.push(...idsOf(batch));
          unreadable += batch.unreadable;
          position = batch.position;
        }
        expect([limit, ids, unreadable]).toEqual([limit, [1, 4, 5], 2]);
      }
    },
  );

  it('any more was counted when it could be', async () => {
    bench.double.play(event({ recordId: 1 }), event({ recordId: 2, null: ['recordid'] }), event({ recordId: 3 }));
    const batch = await bench.log.read(at(2), 10, soon());
    expect(batch).toMatchObject({ unreadable: 0, gap: undefined, position: at(3) });
    expect(idsOf(batch)).toEqual([3]);
  });

  it('costs a bounded number of calls when it never fits', async () => {
    bench.double.play(event({ recordId: 1 }), misbehave({ function: 'EvtRender', fails: 122, setCb: 0xffff_ffff }));
    await expect(bench.log.read({ since: 0 }, 10, soon())).rejects.toMatchObject({ name: 'BadAnswer' });
    bench.double.play(event({ recordId: 1 }), misbehave({ function: 'EvtRender', fails: 122, setCb: 20_000 }));
    await expect(bench.log.read({ since: 0 }, 10, soon())).rejects.toMatchObject({ name: 'BadAnswer' });
    expect(callsOfEvents(bench.double, 'EvtRender').length).toBeLessThan(10);
  });

  it('is not the record before it: what was not written is not read', async () => {
    bench.double.play(
      event({ recordId: 1, data: ['mine'] }),
      event({ recordId: 2, data: ['yours'] }),
      event({ recordId: 3 }),
      misbehave({ function: 'EvtRender', after: 2, count: 1, writesNothing: true }),
    );
    const batch = await bench.log.read(at(1), 10, soon());
    expect(batch).toMatchObject({ unreadable: 1, position: at(3) });
    expect(idsOf(batch)).toEqual([3]);
  });
});
