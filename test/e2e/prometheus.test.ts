/** Two real Prometheus servers scrape the exporter, in both formats, while connections fail, return and vanish. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { consistentExposition } from '../support/consistent.ts';
import { type ExporterProcess, startExporterProcess } from '../support/exporter-process.ts';
import { endPrograms, freePort } from '../support/program.ts';
import { type Prometheus, type QueryResult, startPrometheus } from '../support/prometheus.ts';
import { type ScrapeProxy, startProxy } from '../support/proxy.ts';
import { isMissing } from '../support/requirements.ts';

const HOSTILE = 'He said "up"\\\nand left';

/** Flaky enters an error four times: one comes twice, and one follows another within the same dial. */
const SCENARIO = `
entries:
  - { name: Office VPN, always_on: true, timeline: [{ state: connected }], repeat: false }
  - name: Flaky
    repeat: false
    timeline:
      - { state: connected, for: 2s }
      - { state: failed, error: 829, for: 1500ms }
      - { state: connecting, for: 1s }
      - { state: failed, error: 809, for: 1500ms }
      - { state: failed, error: 800, for: 1500ms }
      - { state: connecting, for: 1s }
      - { state: failed, error: 809, for: 1500ms }
      - { state: connected }
  - name: Visitor
    in_phonebook: false
    repeat: false
    timeline: [{ state: connected, for: 5s }, { state: disconnected }]
  - name: ${JSON.stringify(HOSTILE)}
    device: WAN Miniport (SSTP)
    repeat: false
    timeline: [{ state: connecting, for: 2s }, { state: failed, error: 0x800B0109 }]
`;

const SETTLES = { timeout: 30_000, interval: 200 };

describe.skipIf(isMissing('prometheus'))('an exporter that real Prometheus servers scrape', { timeout: 60_000 }, () => {
  let folder: string;
  let exporter: ExporterProcess;
  let asText: ScrapeProxy;
  let asTheyLike: ScrapeProxy;
  let first: Prometheus;
  let second: Prometheus;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ras-prometheus-'));
    const scenario = join(folder, 'scenario.yaml');
    writeFileSync(scenario, SCENARIO);
    // The servers first: they see the exporter appear, with every counter at 0.
    const port = await freePort();
    asText = await startProxy(port, 'text/plain;version=0.0.4');
    asTheyLike = await startProxy(port);
    const jobs = { direct: port, text: asText.port, proxied: asTheyLike.port };
    [first, second] = await Promise.all([
      startPrometheus({ folder: join(folder, 'first'), jobs, scrapeInterval: '250ms' }),
      startPrometheus({ folder: join(folder, 'second'), jobs: { direct: port }, scrapeInterval: '300ms' }),
    ]);
    // A server that is ready takes some seconds more until it scrapes for the first time.
    for (const server of [first, second]) {
      await vi.waitFor(async () => expect(await healthOf(server)).toContain('direct down'), SETTLES);
    }
    exporter = await startExporterProcess([`--simulation.scenario=${scenario}`], { port });
  }, 60_000);
  afterAll(async () => {
    asText.close();
    asTheyLike.close();
    await endPrograms();
    rmSync(folder, { recursive: true });
  });

  it('is up, in the format that they prefer and in the other', async () => {
    await expect.poll(() => healthOf(first), SETTLES).toEqual(['direct up', 'proxied up', 'text up']);
    expect(asTheyLike.exchanges.at(-1)).toMatchObject({
      accept: expect.stringContaining('application/openmetrics-text'),
      contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
      encoding: 'gzip',
    });
    expect(asText.exchanges.at(-1)).toMatchObject({
      contentType: 'text/plain; version=0.0.4; charset=utf-8',
      encoding: 'gzip',
    });
  });

  it('shows a visitor, and nothing of it but its past as soon as it has gone', async () => {
    const up = 'ras_connection_up{entry="Visitor",job="direct"}';
    await expect.poll(() => first.value(up), SETTLES).toBe(1);
    // Without a mark of the end the last value would be found for five minutes.
    await expect.poll(() => first.query('{entry="Visitor",__name__=~"ras_connection.*"}'), SETTLES).toEqual([]);
    expect(await first.value(`max_over_time(${up}[5m])`)).toBe(1);
  });

  it('counts every failure once, for both servers and all formats', async () => {
    const failures = 'ras_connection_failures_total{entry="Flaky"}';
    const valuesOf = async (server: Prometheus) => (await server.query(failures)).map(({ value }) => value);
    await expect.poll(() => first.value('ras_connection_up{entry="Flaky",job="direct"}'), SETTLES).toBe(1);
    await expect.poll(() => valuesOf(first), SETTLES).toEqual([4, 4, 4]);
    await expect.poll(() => valuesOf(second), SETTLES).toEqual([4]);
    for (const server of [first, second]) {
      const errors = await server.query('ras_connection_errors_total{entry="Flaky",job="direct"}');
      expect(Object.fromEntries(errors.map(({ labels, value }) => [labels.error_code, value]))).toEqual({
        800: 1,
        809: 2,
        829: 1,
      });
    }
  });

  it('lets increase() see the first failure', async () => {
    for (const job of ['direct', 'text']) {
      const series = `ras_connection_failures_total{entry="Flaky",job="${job}"}[5m]`;
      expect(await first.value(`min_over_time(${series})`)).toBe(0);
      expect(await first.value(`increase(${series})`)).toBeGreaterThanOrEqual(4);
      expect(await first.value(`resets(${series})`)).toBe(0);
    }
  });

  it('is stored as /metrics shows it, whatever the format', async () => {
    // Bytes and frames go on while the servers scrape; the others stand still by now.
    const settled = '{__name__=~"ras_up|ras_connections|ras_connection_.+",__name__!~".+_(bytes|frames)_total"';
    for (const job of ['direct', 'text', 'proxied']) {
      const stored = async () => keyed(await first.query(`${settled},job="${job}"}`));
      const shown = consistentExposition((await exporter.get('/metrics')).body);
      const expected = [...shown]
        .filter(([series]) => /^ras_(up|connection)/.test(series))
        .filter(([series]) => !/_(bytes|frames)_total/.test(series))
        .map(readSeries);
      expect(expected.length).toBeGreaterThan(40);
      await expect.poll(stored, SETTLES).toEqual(keyed(expected));
    }
    const [hostile] = await first.query(`ras_connection_failures_total{entry=${JSON.stringify(HOSTILE)},job="direct"}`);
    expect(hostile).toMatchObject({ value: 1, labels: { entry: HOSTILE } });
  });

  it('has no label that a server has to rename, and nothing that one complains of', async () => {
    const everything = await first.query('{__name__=~"ras_.+"}');
    expect(
      everything.flatMap(({ labels }) => Object.keys(labels)).filter((name) => name.startsWith('exported_')),
    ).toEqual([]);
    for (const server of [first, second]) expect(server.log()).not.toMatch(/level=(warn|error)/);
  });
});

/** Each job and the health of its target. */
async function healthOf(server: Prometheus): Promise<string[]> {
  return (await server.targets()).map(({ job, health }) => `${job} ${health}`).toSorted();
}

/** A line of text → what a server should have stored. */
function readSeries([series, value]: readonly [string, number]): QueryResult {
  const [name = ''] = series.split('{', 1);
  const labels: Record<string, string> = { __name__: name };
  for (const [, label = '', text = ''] of series.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)) {
    labels[label] = text.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
  }
  return { labels, value };
}

/** By series, without the labels that the server adds; labels without a text are the same as none. */
function keyed(results: readonly QueryResult[]): Record<string, number> {
  return Object.fromEntries(
    results.map(({ labels, value }) => {
      const own = Object.entries(labels).filter(([name, text]) => !['job', 'instance'].includes(name) && text !== '');
      return [JSON.stringify(own.toSorted(([a], [b]) => (a < b ? -1 : 1))), value];
    }),
  );
}
