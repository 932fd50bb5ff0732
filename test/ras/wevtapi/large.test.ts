/** What it costs to read a large log: printed, for no machine is like another. */
import { describe, expect, it } from 'vitest';
import { events } from '../../support/double-wevtapi.ts';
import { idsOf, useEventLog } from '../../support/event-log.ts';
import { isMissing } from '../../support/requirements.ts';

describe.skipIf(isMissing('gcc', 'stdio.h'))('a log of 100,000 records', () => {
  const bench = useEventLog();

  it('is read to its end in one read, if it may', { timeout: 120_000 }, async () => {
    const data = ['{0A0B0C0D-0E0F-0001-0203-040506070809}', 'PC\\alice', 'Office', '809'];
    bench.double.play(events({ count: 100_000, recordId: 1, data }));
    // Without the log of its calls, which would be most of the work.
    delete process.env.RASDOUBLE_LOG;
    const started = performance.now();
    const batch = await bench.log.read({ since: 0 }, 100_000, AbortSignal.timeout(110_000));
    const milliseconds = performance.now() - started;
    console.log(`Linux: ${(milliseconds / 100).toFixed(1)} ms for 3,016 calls per 1,000 records`);
    const ids = idsOf(batch);
    expect([ids.length, ids[0], ids.at(-1), batch.more]).toEqual([100_000, 1, 100_000, false]);
  });
});
