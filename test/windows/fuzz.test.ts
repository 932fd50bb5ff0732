/** Garbage from every function of rasapi32.dll, over HTTP: the exporter on Windows answers every scrape, and goes on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RAS_FUNCTIONS } from '../../src/ras/api.ts';
import { consistentExposition } from '../support/consistent.ts';
import { behave, DoubleScript } from '../support/double.ts';
import { get } from '../support/exporter.ts';
import { mixedMachine } from '../support/mixed.ts';
import { isMissing } from '../support/requirements.ts';
import { startOnWine, WINE_SETUP_TIMEOUT_MS, type WineExporter } from '../support/wine.ts';

const folder = mkdtempSync(join(tmpdir(), 'ras-wine-fuzz-'));
const double = new DoubleScript(folder);

describe.skipIf(isMissing('wine', 'x86_64-w64-mingw32-gcc'))('the exporter on a Windows that says anything', () => {
  let exporter: WineExporter;

  beforeAll(async () => {
    double.play(...mixedMachine);
    exporter = await startOnWine({ dll: 'double', env: { RASDOUBLE_SCRIPT: double.env.wine.RASDOUBLE_SCRIPT ?? '' } });
  }, WINE_SETUP_TIMEOUT_MS);
  afterAll(() => {
    exporter.stop();
    rmSync(folder, { recursive: true });
  });

  it('answers 300 scrapes, each valid and without a contradiction, and the truth when it is told', {
    timeout: 60_000,
  }, async () => {
    for (let scrape = 0; scrape < 300; scrape += 1) {
      if (scrape % 10 === 0) {
        // Every function in turn alone, then all together; up to 20 elements, of which 16 fit the first buffer.
        const turn = (scrape / 10) % (RAS_FUNCTIONS.length + 1);
        const lying = RAS_FUNCTIONS.filter((_, index) => [index, RAS_FUNCTIONS.length].includes(turn));
        const setCount = scrape % 21;
        double.play(...mixedMachine, ...lying.map((name) => behave({ function: name, fuzz: scrape, setCount })));
      }
      const { status, body } = await get(`${exporter.url}/metrics`);
      expect(status).toBe(200);
      consistentExposition(body);
    }
    double.play(...mixedMachine);
    const series = consistentExposition((await get(`${exporter.url}/metrics`)).body);
    expect(series.get('ras_connection_up{entry="Büro 東京",phonebook="all_users"}')).toBe(1);
    expect(exporter.log()).not.toContain('level=error');
    expect(exporter.log()).toBe(exporter.log().toWellFormed());
  });
});
