/** The exporter over Wine's own rasapi32.dll: stubs that answer otherwise than Windows does, or write nothing at all. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { consistentExposition } from '../support/consistent.ts';
import { get } from '../support/exporter.ts';
import { type Series, seriesOf } from '../support/exposition.ts';
import { promtoolFindings } from '../support/promtool.ts';
import { isMissing } from '../support/requirements.ts';
import { runOnWine, startOnWine, WINE_SETUP_TIMEOUT_MS, type WineExporter } from '../support/wine.ts';

/** EvtQuery of Wine fails, which `events.test.ts` is about. */
const WITHOUT_EVENTS = ['--collectors.disabled=events'];

describe.skipIf(isMissing('wine', 'promtool'))("the exporter over Wine's own rasapi32.dll", () => {
  let exporter: WineExporter;

  beforeAll(async () => {
    exporter = await startOnWine({ dll: 'builtin', args: WITHOUT_EVENTS });
  }, WINE_SETUP_TIMEOUT_MS);
  afterAll(() => exporter.stop());

  async function scrape(): Promise<Series> {
    const { status, body } = await get(`${exporter.url}/metrics`);
    expect(status).toBe(200);
    return consistentExposition(body);
  }

  it('is up, and finds no connection', async () => {
    const series = await scrape();
    expect(series.get('ras_up')).toBe(1);
    expect(seriesOf(series, 'ras_connection_up')).toEqual({});
    expect(new Set(Object.values(seriesOf(series, 'ras_connections')))).toEqual(new Set([0]));
    for (const collector of ['connections', 'statistics', 'projection']) {
      expect(series.get(`ras_exporter_collector_success{collector="${collector}"}`)).toBe(1);
    }
    expect(seriesOf(series, 'ras_api_errors_total')).toEqual({});
    expect(seriesOf(series, 'ras_api_calls_total')).toMatchObject({
      '{function="RasEnumConnectionsW"}': 1,
      '{function="RasEnumEntriesW"}': 1,
      '{function="RasGetConnectStatusW"}': 0,
    });
  });

  it('is ready, and passes promtool check metrics without a finding', async () => {
    expect(await get(`${exporter.url}/-/ready`)).toMatchObject({ status: 200, body: 'Ready\n' });
    expect(await promtoolFindings((await get(`${exporter.url}/metrics`)).body)).toBe('');
  });

  it('has no more threads, and hardly more memory, after 1,000 scrapes', { timeout: 180_000 }, async () => {
    for (let warm = 0; warm < 200; warm += 1) await get(`${exporter.url}/metrics`);
    const threads = exporter.threadCount();
    const memory = exporter.residentBytes();
    for (let attempt = 0; attempt < 1000; attempt += 1) {
      expect((await get(`${exporter.url}/metrics`)).status).toBe(200);
    }
    expect((await scrape()).get('ras_up')).toBe(1);
    expect(exporter.threadCount()).toBeLessThanOrEqual(threads);
    expect(exporter.residentBytes() - memory).toBeLessThan(50e6);
  });

  it('logs nothing to worry about, and ends with code 0', async () => {
    expect(exporter.log()).not.toMatch(/level=(warn|error)/);
    expect(await exporter.terminate()).toBe(0);
  });
});

describe.skipIf(isMissing('wine'))("ras_exporter check over Wine's own rasapi32.dll", () => {
  it('finds no connection, and ends with code 0', { timeout: WINE_SETUP_TIMEOUT_MS }, async () => {
    const { exitCode, log } = await runOnWine({ dll: 'builtin', args: ['check', ...WITHOUT_EVENTS] });
    expect(log).toContain('No connection and no phone-book entry.');
    expect(exitCode).toBe(0);
  });
});
