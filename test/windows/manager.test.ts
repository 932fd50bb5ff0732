/**
 * The packaged exporter and the service RasMan, on Wine: advapi32.dll and the service control manager are Wine's own, the
 * service is a program of ours, and the double of rasapi32.dll proves what was called.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consistentExposition } from '../support/consistent.ts';
import { DoubleScript } from '../support/double.ts';
import { get } from '../support/exporter.ts';
import { type Series, seriesOf } from '../support/exposition.ts';
import { mixedMachine } from '../support/mixed.ts';
import { isMissing } from '../support/requirements.ts';
import { startOnWine, WINE_SETUP_TIMEOUT_MS, type WineExporter } from '../support/wine.ts';
import { installRasMan, type WineService } from '../support/wine-service.ts';

const folder = mkdtempSync(join(tmpdir(), 'ras-wine-manager-'));
const double = new DoubleScript(folder);
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(isMissing('wine', 'x86_64-w64-mingw32-gcc'))(
  'the exporter and the service RasMan on Windows',
  { timeout: WINE_SETUP_TIMEOUT_MS },
  () => {
    let exporter: WineExporter;
    let rasman: WineService;

    beforeAll(async () => {
      double.play(...mixedMachine);
      exporter = await startOnWine({ dll: 'double', doubles: ['wevtapi'], env: double.env.wine });
    }, WINE_SETUP_TIMEOUT_MS);
    afterAll(() => exporter.stop());

    async function scrape(): Promise<Series> {
      const { status, body } = await get(`${exporter.url}/metrics`);
      expect(status).toBe(200);
      return consistentExposition(body);
    }

    const rasCalls = () => double.readCalls().filter((call) => call.function.startsWith('Ras')).length;
    const office = 'ras_connection_up{entry="Büro 東京",phonebook="all_users"}';

    it('without such a service ask for connections all the same: nothing could be started', async () => {
      const series = await scrape();
      expect(series.get('ras_manager_running')).toBe(0);
      expect(series.get('ras_manager_state{state="absent"}')).toBe(1);
      expect(series.get('ras_up')).toBe(1);
      expect(series.get(office)).toBe(1);
    });

    it('while it is stopped call no RAS function, and report no connection', async () => {
      rasman = await installRasMan(exporter);
      const before = rasCalls();
      for (let again = 0; again < 5; again += 1) {
        const series = await scrape();
        expect(series.get('ras_manager_running')).toBe(0);
        expect(series.get('ras_manager_state{state="stopped"}')).toBe(1);
        expect(series.get('ras_up')).toBe(0);
        expect(seriesOf(series, 'ras_connection_up')).toEqual({});
        expect(new Set(Object.values(seriesOf(series, 'ras_exporter_collector_success')))).toEqual(new Set([1]));
      }
      expect(rasCalls()).toBe(before);
    });

    it('see its connections when it runs, again and again, without a restart', async () => {
      for (let round = 0; round < 2; round += 1) {
        await rasman.start();
        await expect.poll(async () => (await scrape()).get('ras_manager_running')).toBe(1);
        const up = await scrape();
        expect(up.get('ras_up')).toBe(1);
        expect(up.get(office)).toBe(1);
        await rasman.stop();
        await expect.poll(async () => (await scrape()).get('ras_manager_state{state="stopped"}')).toBe(1);
        const before = rasCalls();
        expect((await scrape()).get('ras_up')).toBe(0);
        expect(rasCalls()).toBe(before);
      }
    });

    it('are back at the beginning when it is removed', async () => {
      await rasman.remove();
      await expect.poll(async () => (await scrape()).get('ras_manager_state{state="absent"}')).toBe(1);
      expect((await scrape()).get('ras_up')).toBe(1);
    });

    it('are as before after hundreds of scrapes, have told what happened, and end with code 0', async () => {
      for (let again = 0; again < 300; again += 1) await get(`${exporter.url}/metrics`);
      expect((await scrape()).get('ras_up')).toBe(1);
      expect(exporter.log()).toMatch(/Service is not running; nothing is asked that would start it.*service=RasMan/);
      expect(exporter.log()).toMatch(/Service is running again.*service=RasMan/);
      expect(exporter.log()).not.toMatch(/collector=(connections|phonebook|manager)/);
      expect(await exporter.terminate()).toBe(0);
    });
  },
);
