/** The exporter on Windows while a call into rasapi32.dll does not return. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { onWine } from '../../scripts/wine-prefix.ts';
import { consistentExposition } from '../support/consistent.ts';
import { behave, DoubleScript } from '../support/double.ts';
import { get } from '../support/exporter.ts';
import { type Series, seriesOf } from '../support/exposition.ts';
import { mixedMachine } from '../support/mixed.ts';
import { isMissing } from '../support/requirements.ts';
import { startOnWine, WINE_SETUP_TIMEOUT_MS, type WineExporter } from '../support/wine.ts';

const folder = mkdtempSync(join(tmpdir(), 'ras-wine-hang-'));
afterAll(() => rmSync(folder, { recursive: true }));

const CONNECTED = '{entry="Büro 東京",phonebook="all_users"}';
const ALICE = /^\{entry="Of Alice"/;

/** What the scraper gives it, in seconds; half of it is left for the way there and back. */
const SCRAPE_TIMEOUT = 2;
const MARGIN = '1s';

describe.skipIf(isMissing('wine', 'x86_64-w64-mingw32-gcc'))('the exporter while a call does not return', () => {
  let double: DoubleScript;
  let exporter: WineExporter;
  let logFile: string;
  let tests = 0;

  beforeEach(async () => {
    tests += 1;
    double = new DoubleScript(join(folder, String(tests)));
    double.play(...mixedMachine);
    logFile = join(folder, `exporter-${tests}.log`);
    exporter = await startOnWine({
      dll: 'double',
      env: double.env.wine,
      args: [`--log.file=${onWine(logFile)}`, `--scrape.timeout-margin=${MARGIN}`],
    });
  }, WINE_SETUP_TIMEOUT_MS);
  afterEach(() => exporter.stop());

  async function scrape(): Promise<Series> {
    const headers = { 'X-Prometheus-Scrape-Timeout-Seconds': String(SCRAPE_TIMEOUT) };
    const { status, body } = await get(`${exporter.url}/metrics`, headers);
    expect(status).toBe(200);
    return consistentExposition(body);
  }

  /** Lets the status of one connection hang, and scrapes until that is known. */
  async function hang(): Promise<Series> {
    double.play(...mixedMachine, behave({ function: 'RasGetConnectStatusW', handle: 5n, hang: true }));
    return scrape();
  }

  it('answers within its time, with what it knew by then', async () => {
    await scrape();
    const started = performance.now();
    const series = await hang();
    expect(performance.now() - started).toBeLessThan(SCRAPE_TIMEOUT * 1000);
    expect(series.get('ras_up')).toBe(1);
    expect(series.get(`ras_connection_up${CONNECTED}`)).toBe(1);
    expect(series.get('ras_connections{state="failed"}')).toBe(1);
    // Whether the connection is up whose status was asked for nobody knows.
    expect(Object.keys(seriesOf(series, 'ras_connection_up')).filter((labels) => ALICE.test(labels))).toEqual([]);
    expect(Object.keys(seriesOf(series, 'ras_connection_info')).filter((labels) => ALICE.test(labels))).toHaveLength(1);
    expect(series.get('ras_exporter_collector_success{collector="connections"}')).toBe(0);
    expect(series.get('ras_exporter_collector_timeout{collector="connections"}')).toBe(1);
  });

  it('claims nothing in later scrapes, answers at once, and costs no second call and no thread', {
    timeout: 60_000,
  }, async () => {
    await scrape();
    await hang();
    const calls = double.readCalls().length;
    const threads = exporter.threadCount();
    for (let attempt = 0; attempt < 1000; attempt += 1) {
      const { status, body } = await get(`${exporter.url}/metrics`);
      expect(status).toBe(200);
      if (attempt % 100 > 0) continue;
      const series = consistentExposition(body);
      expect(series.get('ras_up')).toBe(0);
      expect(series.get('ras_exporter_collector_timeout{collector="connections"}')).toBe(1);
      expect(seriesOf(series, 'ras_connection_up')).toEqual({});
    }
    expect(double.readCalls()).toHaveLength(calls);
    expect(exporter.threadCount()).toBeLessThanOrEqual(threads);
    expect(double.readCalls().filter((call) => call.returned === undefined)).toHaveLength(1);
  });

  it('serves everything else, and writes its log', async () => {
    await hang();
    expect(await get(`${exporter.url}/-/healthy`)).toMatchObject({ status: 200, body: 'Healthy\n' });
    expect(await get(`${exporter.url}/`)).toMatchObject({ status: 200 });
    expect(await get(`${exporter.url}/nowhere`)).toMatchObject({ status: 404 });
    const { headers, body } = await get(`${exporter.url}/metrics`, { 'Accept-Encoding': 'gzip' });
    expect(headers['content-encoding']).toBe('gzip');
    consistentExposition(body);
    const complaints = readFileSync(logFile, 'utf8')
      .split('\n')
      .filter((line) => line.includes('RasGetConnectStatusW has not returned within'));
    expect(complaints).toHaveLength(1);
  });

  it('ends with code 0 within 5 s', async () => {
    await hang();
    const asked = performance.now();
    expect(await exporter.terminate()).toBe(0);
    expect(performance.now() - asked).toBeLessThan(5000);
    expect(readFileSync(logFile, 'utf8')).toContain('msg=Stopping signal=SIGTERM');
  });

  it('ends with code 0 within 5 s also while a scrape still waits for the call', async () => {
    double.play(...mixedMachine, behave({ function: 'RasEnumConnectionsW', hang: true }));
    const cut = expect(
      get(`${exporter.url}/metrics`, { 'X-Prometheus-Scrape-Timeout-Seconds': '60' }),
    ).rejects.toThrow();
    await expect.poll(() => double.readCalls().length).toBe(1);
    const asked = performance.now();
    expect(await exporter.terminate()).toBe(0);
    expect(performance.now() - asked).toBeLessThan(5000);
    await cut;
  });

  it('recovers by itself when the call returns after all', async () => {
    await hang();
    expect((await scrape()).get('ras_up')).toBe(0);
    double.play(...mixedMachine);
    await expect.poll(async () => (await scrape()).get('ras_up'), { timeout: 10_000 }).toBe(1);
    const series = await scrape();
    expect(series.get('ras_connections{state="connected"}')).toBe(2);
    expect(series.get('ras_exporter_collector_success{collector="connections"}')).toBe(1);
    expect(readFileSync(logFile, 'utf8')).toContain('Collector reads everything again');
    const changing = double.readCalls().filter((call) => !/^Ras(Get|Enum)/.test(call.function));
    expect(changing).toEqual([]);
  });
});
