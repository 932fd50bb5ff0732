/** The exporter only looks: nothing that clears, exports or configures a log can be called, because it is never bound. */
import { describe, expect, it } from 'vitest';
import { PROTOTYPES } from '../../../src/ras/wevtapi/prototypes.ts';
import { soon } from '../../support/binding.ts';
import { event, events, timeOf } from '../../support/double-wevtapi.ts';
import { readAll, useEventLog } from '../../support/event-log.ts';
import { isMissing } from '../../support/requirements.ts';

/** All that is ever called in wevtapi.dll; they read, or release what reading needed. */
const READING = ['EvtClose', 'EvtCreateRenderContext', 'EvtNext', 'EvtQuery', 'EvtRender'];

describe('the binding of wevtapi.dll', () => {
  it('knows functions that read, and no other', () => {
    expect(Object.keys(PROTOTYPES).toSorted()).toEqual(READING);
  });
});

describe.skipIf(isMissing('gcc', 'stdio.h'))('a log in whatever state', () => {
  const bench = useEventLog();

  it('is read by these functions, and by no other', async () => {
    bench.double.play(events({ count: 1000, recordId: 100 }));
    await readAll(bench.log, { since: 0 }, 300);
    const at = (recordId: number) => ({ recordId: BigInt(recordId), time: timeOf(recordId), bookmark: '' });
    for (const from of [1, 500, 1000, 1099, 5000]) await readAll(bench.log, at(from));
    bench.double.play(event({ recordId: 1 }));
    await bench.log.read(at(1), 10, soon());
    const called = new Set(bench.double.readCalls().map((call) => call.function));
    expect([...called].toSorted()).toEqual(READING);
    expect(bench.log.bound.toSorted()).toEqual(READING);
  });
});
