/** A service on Wine while a call into rasapi32.dll does not return: it stops, in time. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { behave, buildDouble, DoubleScript } from '../support/double.ts';
import { get } from '../support/exporter.ts';
import { parseExposition } from '../support/exposition.ts';
import { mixedMachine } from '../support/mixed.ts';
import { freePort } from '../support/program.ts';
import { isMissing } from '../support/requirements.ts';
import { WINE_SETUP_TIMEOUT_MS } from '../support/wine.ts';
import { openServiceBench, type ServiceBench } from '../support/wine-services.ts';

const folder = mkdtempSync(join(tmpdir(), 'ras-service-hang-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What the interface promises. */
const STOP_WITHIN_MS = 5000;

describe.skipIf(isMissing('wine', 'x86_64-w64-mingw32-gcc'))(
  'a service while a call into Windows hangs',
  { timeout: WINE_SETUP_TIMEOUT_MS },
  () => {
    const double = new DoubleScript(folder);
    let bench: ServiceBench;
    let url: string;

    beforeEach(async () => {
      double.play(...mixedMachine);
      bench = await openServiceBench([await buildDouble('windows')], double.env.wine);
      const port = await freePort();
      url = `http://127.0.0.1:${port}`;
      await bench.exporter('service', 'install', '--service.start=demand', `--web.listen-address=127.0.0.1:${port}`);
      expect((await bench.exporter('service', 'start')).exitCode).toBe(0);
    }, WINE_SETUP_TIMEOUT_MS);
    afterEach(() => bench.close());

    it.each([
      ['and nobody waits for it', '1'],
      ['and a scrape waits for it', '60'],
    ])('%s stops within 5 s, and the process is gone', async (_, timeout) => {
      expect(parseExposition((await get(`${url}/metrics`)).body).get('ras_up')).toBe(1);
      const before = double.readCalls().length;
      double.play(...mixedMachine, behave({ function: 'RasEnumConnectionsW', hang: true }));
      const scrape = get(`${url}/metrics`, { 'X-Prometheus-Scrape-Timeout-Seconds': timeout }).catch(() => undefined);
      await expect
        .poll(() =>
          double
            .readCalls()
            .slice(before)
            .some((call) => call.returned === undefined),
        )
        .toBe(true);
      if (timeout === '1') await scrape;
      const asked = performance.now();
      const stopped = await bench.exporter('service', 'stop');
      expect(performance.now() - asked).toBeLessThan(STOP_WITHIN_MS + 1000);
      expect(stopped).toMatchObject({ exitCode: 0, text: expect.stringContaining('has stopped') });
      expect(await bench.query()).toEqual({ state: 'STOPPED', exitCode: 0, specificCode: 0 });
      await expect.poll(() => bench.processes(), { timeout: 500 }).toEqual([]);
      await scrape;
    });
  },
);
