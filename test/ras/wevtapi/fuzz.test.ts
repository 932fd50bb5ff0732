/** Garbage in everything that a function of wevtapi.dll can write: a read ends, with something or an error, and never a crash. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { EventPosition, EventStart } from '../../../src/ras/event-log.ts';
import { EVT_FUNCTIONS, type EvtFunction } from '../../../src/ras/wevtapi/prototypes.ts';
import { soon } from '../../support/binding.ts';
import { event, misbehave, timeOf } from '../../support/double-wevtapi.ts';
import { useEventLog } from '../../support/event-log.ts';
import { isMissing } from '../../support/requirements.ts';

/** Answers of a lying function per script: what it writes differs from call to call. */
const READS_PER_SCRIPT = 25;

describe.skipIf(isMissing('gcc', 'stdio.h'))('whatever is written', () => {
  const bench = useEventLog();

  beforeEach(() => {
    // The log of so many calls would be most of what this does.
    delete process.env.RASDOUBLE_LOG;
  });

  const truth = [
    event({ recordId: 1, data: ['a', { type: 15, value: Buffer.alloc(16, 1) }, { type: 14, value: Buffer.alloc(9) }] }),
    event({ recordId: 2, data: ['{0A0B0C0D-0E0F-0001-0203-040506070809}', 'alice', 'Büro', '809'] }),
    event({ recordId: 3, provider: 'Other' }),
    event({
      recordId: 4,
      data: [
        { type: 19, value: Buffer.from('010200000000000520', 'hex') },
        { type: 2, value: Buffer.alloc(3, 65) },
      ],
    }),
  ];
  const starts: readonly (EventPosition | EventStart)[] = [
    { since: 0 },
    { recordId: 0n, time: 0, bookmark: '' },
    { recordId: 1n, time: timeOf(1), bookmark: '' },
    { recordId: 9n, time: timeOf(9), bookmark: '' },
  ];

  async function readLies(functions: readonly EvtFunction[], seed: number): Promise<void> {
    bench.double.play(...truth, ...functions.map((name) => misbehave({ function: name, fuzz: seed })));
    for (let attempt = 0; attempt < READS_PER_SCRIPT; attempt += 1) {
      const from = starts[attempt % starts.length] ?? { since: 0 };
      const batch = await bench.log.read(from, 5, soon()).catch((error: unknown) => {
        expect(error).toMatchObject({ name: expect.stringMatching(/^(CallError|BadAnswer)$/) });
        return undefined;
      });
      if (batch === undefined) continue;
      expect(batch.records.length).toBeLessThanOrEqual(5);
      for (const { recordId, eventId, time, data } of batch.records) {
        expect([typeof recordId, eventId >= 20_220 && eventId <= 20_227, Number.isFinite(time)]).toEqual([
          'bigint',
          true,
          true,
        ]);
        expect(data.every((text) => typeof text === 'string' && text.length < 8192)).toBe(true);
      }
      expect(batch.unreadable).toBeGreaterThanOrEqual(0);
    }
  }

  it.each(EVT_FUNCTIONS)('by %s, a read ends', { timeout: 60_000 }, async (name) => {
    for (let seed = 0; seed < (name === 'EvtRender' ? 200 : 60); seed += 1) await readLies([name], seed);
    bench.double.play(...truth);
    expect((await bench.log.read({ since: 0 }, 5, soon())).records).toHaveLength(3);
  });

  it('by all of them, a read ends', { timeout: 60_000 }, async () => {
    for (let seed = 0; seed < 60; seed += 1) await readLies(EVT_FUNCTIONS, seed);
  });
});
