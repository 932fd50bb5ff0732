/** The event log on Windows' own node.exe: the exporter's binding over the double of wevtapi.dll, and over Wine's own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DoubleScript } from '../support/double.ts';
import { event, events, misbehave, timeOf } from '../support/double-wevtapi.ts';
import { expectHandlesClosed } from '../support/event-log.ts';
import { isMissing } from '../support/requirements.ts';
import { runScriptOnWine, WINE_SETUP_TIMEOUT_MS } from '../support/wine.ts';
import { bundleForWine } from '../support/wine-bundle.ts';

interface Found {
  readonly milliseconds: number;
  readonly records: number;
}

const folder = mkdtempSync(join(tmpdir(), 'ras-wine-events-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(isMissing('wine', 'x86_64-w64-mingw32-gcc'))('the event log on Wine', () => {
  let script: string;

  beforeAll(async () => {
    script = await bundleForWine(join(import.meta.dirname, '../support/read-events.ts'));
  }, WINE_SETUP_TIMEOUT_MS);

  /** What `read-events.ts` found; `env` says where the double has its script. */
  async function read(env: Readonly<Record<string, string>> | undefined, ...args: readonly number[]): Promise<Found> {
    const { exitCode, log } = await runScriptOnWine(script, {
      dll: 'builtin',
      doubles: env === undefined ? [] : ['wevtapi'],
      args: args.map(String),
      ...(env === undefined ? {} : { env }),
    });
    expect(exitCode, log).toBe(0);
    return JSON.parse(log);
  }

  it('is read as on Linux, and every handle is closed', { timeout: WINE_SETUP_TIMEOUT_MS }, async () => {
    const double = new DoubleScript(join(folder, 'read'));
    const data = ['{0A0B0C0D-0E0F-0001-0203-040506070809}', 'PC\\alice', 'Büro 東京', '809'];
    double.play(
      event({ recordId: 1 }),
      event({ recordId: 2, eventId: 20_221, data: ['x'.repeat(20_000), { type: 8, value: 809 }, 'x\ud800'] }),
      event({ recordId: 3, provider: 'Other' }),
      event({ recordId: 4, data: ['a'], outside: ['data0'] }),
      event({ recordId: 5, eventId: 20_227, data }),
    );
    expect(await read(double.env.wine, timeOf(2), 2)).toMatchObject({
      records: 2,
      first: { recordId: 2, eventId: 20_221, time: timeOf(2), data: ['x'.repeat(20_000), '809', 'x\ud800'] },
      last: { recordId: 5, eventId: 20_227, time: timeOf(5), data },
      reads: [
        { position: { recordId: 4 }, more: true, unreadable: 1, records: 1 },
        { position: { recordId: 5, time: timeOf(5) }, more: false, records: 1 },
      ],
    });
    expectHandlesClosed(double);
  });

  it('says why it cannot be read: GetLastError', { timeout: WINE_SETUP_TIMEOUT_MS }, async () => {
    const double = new DoubleScript(join(folder, 'denied'));
    double.play(misbehave({ function: 'EvtQuery', fails: 5 }));
    expect(await read(double.env.wine, 0)).toMatchObject({
      records: 0,
      error: { name: 'CallError', function: 'EvtQuery', code: 5 },
    });
    // The newest record, the oldest, then two batches of 64.
    double.play(events({ count: 300, recordId: 1 }), misbehave({ function: 'EvtNext', after: 4, fails: 15_011 }));
    expect(await read(double.env.wine, 0)).toMatchObject({
      records: 128,
      error: { name: 'CallError', function: 'EvtNext', code: 15_011 },
    });
    expectHandlesClosed(double);
  });

  it('may be a stub: a clear error, and no crash', { timeout: WINE_SETUP_TIMEOUT_MS }, async () => {
    expect(await read(undefined, 0)).toMatchObject({
      records: 0,
      error: { name: 'BadAnswer', function: 'EvtQuery', message: 'EvtQuery failed without a reason' },
    });
  });

  it('of 100,000 records is read to its end', { timeout: WINE_SETUP_TIMEOUT_MS }, async () => {
    const double = new DoubleScript(join(folder, 'large'));
    const data = ['{0A0B0C0D-0E0F-0001-0203-040506070809}', 'PC\\alice', 'Office', '809'];
    double.play(events({ count: 100_000, recordId: 1, data }));
    // Without the log of its calls and with a script that stays, for their files would be most of the work.
    const env = { RASDOUBLE_SCRIPT: double.env.wine.RASDOUBLE_SCRIPT ?? '', RASDOUBLE_FIXED: '1' };
    const { records, milliseconds } = await read(env, 0, 100_000, 150_000);
    console.log(`Wine: ${(milliseconds / 100).toFixed(1)} ms for 3,016 calls per 1,000 records`);
    expect(records).toBe(100_000);
  });
});
