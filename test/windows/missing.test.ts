/** The exporter on a Windows whose rasapi32.dll lacks a function. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { RasFunction } from '../../src/ras/api.ts';
import { consistentExposition } from '../support/consistent.ts';
import { DoubleScript } from '../support/double.ts';
import { get } from '../support/exporter.ts';
import { type Series, seriesOf } from '../support/exposition.ts';
import { mixedMachine } from '../support/mixed.ts';
import { isMissing } from '../support/requirements.ts';
import { runOnWine, startOnWine, WINE_SETUP_TIMEOUT_MS, type WineExporter } from '../support/wine.ts';

const folder = mkdtempSync(join(tmpdir(), 'ras-wine-missing-'));
const double = new DoubleScript(folder);
double.play(...mixedMachine);
afterAll(() => rmSync(folder, { recursive: true }));

const CONNECTED = '{entry="Büro 東京",phonebook="all_users"}';

describe.skipIf(isMissing('wine', 'x86_64-w64-mingw32-gcc'))('the exporter on a Windows', () => {
  let exporter: WineExporter;
  afterEach(() => exporter.stop());

  /** Starts it without the function, and scrapes twice. */
  async function scrapeWithout(name: RasFunction): Promise<Series> {
    exporter = await startOnWine({ dll: { without: [name] }, env: double.env.wine });
    await get(`${exporter.url}/metrics`);
    const { status, body } = await get(`${exporter.url}/metrics`);
    expect(status).toBe(200);
    const series = consistentExposition(body);
    expect(series.get(`ras_api_calls_total{function="${name}"}`)).toBe(0);
    return series;
  }

  const complete = (series: Series) => series.get('ras_exporter_collector_success{collector="connections"}') === 1;
  /** How many lines of the log name what is missing: one per collector that needs it. */
  const complaints = (name: RasFunction, collector = 'connections') =>
    exporter
      .log()
      .split('\n')
      .filter((line) => line.includes(`${name} cannot be used`))
      .filter((line) => !line.includes('collector=') || line.includes(`collector=${collector}`)).length;

  it('without RasEnumConnectionsW goes on serving, is not ready, and says so', {
    timeout: WINE_SETUP_TIMEOUT_MS,
  }, async () => {
    const series = await scrapeWithout('RasEnumConnectionsW');
    expect(series.get('ras_up')).toBe(0);
    expect(complete(series)).toBe(false);
    expect(seriesOf(series, 'ras_connection_up')).toEqual({});
    expect(seriesOf(series, 'ras_connection_expected')['{entry="Always On",phonebook="all_users"}']).toBe(1);
    expect(await get(`${exporter.url}/-/healthy`)).toMatchObject({ status: 200 });
    expect(await get(`${exporter.url}/-/ready`)).toMatchObject({ status: 503 });
    expect(exporter.log()).toMatch(
      /level=error msg="The RAS API cannot be loaded" err="RasEnumConnectionsW cannot be used/,
    );
    // At the start, and at the first of two scrapes.
    expect(complaints('RasEnumConnectionsW')).toBe(2);
    expect(await exporter.terminate()).toBe(0);
  });

  it('without RasGetConnectStatusW knows of no connection whether it is up', {
    timeout: WINE_SETUP_TIMEOUT_MS,
  }, async () => {
    const series = await scrapeWithout('RasGetConnectStatusW');
    expect(series.get('ras_up')).toBe(1);
    expect(complete(series)).toBe(false);
    expect(seriesOf(series, 'ras_connection_up')).toEqual({ '{entry="Idle",phonebook="all_users"}': 0 });
    expect(Object.keys(seriesOf(series, 'ras_connection_info'))).toHaveLength(6);
    expect(complaints('RasGetConnectStatusW')).toBe(1);
  });

  it('without RasEnumEntriesW knows the connections, and no entry without one', {
    timeout: WINE_SETUP_TIMEOUT_MS,
  }, async () => {
    const series = await scrapeWithout('RasEnumEntriesW');
    expect(series.get(`ras_connection_up${CONNECTED}`)).toBe(1);
    expect(complete(series)).toBe(false);
    expect(Object.keys(seriesOf(series, 'ras_connection_up'))).toHaveLength(5);
    expect(complaints('RasEnumEntriesW')).toBe(1);
  });

  it('without RasGetEntryPropertiesW knows everything but which entries are Always On', {
    timeout: WINE_SETUP_TIMEOUT_MS,
  }, async () => {
    const series = await scrapeWithout('RasGetEntryPropertiesW');
    expect(series.get(`ras_connection_up${CONNECTED}`)).toBe(1);
    expect(Object.keys(seriesOf(series, 'ras_connection_up'))).toHaveLength(6);
    expect(complete(series)).toBe(false);
    expect(seriesOf(series, 'ras_connection_expected')).toEqual({});
    expect(complaints('RasGetEntryPropertiesW')).toBe(1);
  });

  it.each([
    ['RasGetConnectionStatistics', 'statistics', 'ras_connection_speed_bytes_per_second'],
    ['RasGetProjectionInfoEx', 'projection', 'ras_connection_negotiated_info'],
  ] as const)(
    'without %s lacks what collector %s reads, and nothing else',
    {
      timeout: WINE_SETUP_TIMEOUT_MS,
    },
    async (name, collector, lacking) => {
      const series = await scrapeWithout(name);
      expect(series.get(`ras_connection_up${CONNECTED}`)).toBe(1);
      expect(complete(series)).toBe(true);
      expect(series.get(`ras_exporter_collector_success{collector="${collector}"}`)).toBe(0);
      expect(seriesOf(series, lacking)).toEqual({});
      expect(complaints(name, collector)).toBe(1);
    },
  );

  it('without RasGetErrorStringW lacks nothing: only `check` asks for texts', {
    timeout: WINE_SETUP_TIMEOUT_MS,
  }, async () => {
    const series = await scrapeWithout('RasGetErrorStringW');
    expect(series.get(`ras_connection_up${CONNECTED}`)).toBe(1);
    expect(complete(series)).toBe(true);
    expect(complaints('RasGetErrorStringW')).toBe(0);
  });
});

describe.skipIf(isMissing('wine', 'x86_64-w64-mingw32-gcc'))('the exporter that must use rasapi32', () => {
  it('ends with code 1 and one line when it cannot', { timeout: WINE_SETUP_TIMEOUT_MS }, async () => {
    const { exitCode, log } = await runOnWine({
      dll: { without: ['RasEnumConnectionsW'] },
      args: ['--ras.api=rasapi32', '--web.listen-address=127.0.0.1:0'],
      env: double.env.wine,
    });
    expect(exitCode).toBe(1);
    expect(log.trimEnd()).toMatch(/^ras_exporter: RasEnumConnectionsW cannot be used: [^\n]+$/);
  });
});
