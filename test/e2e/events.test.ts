/** Dials that nobody sees but the event log: they come, fail and vanish between two scrapes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { consistentExposition } from '../support/consistent.ts';
import { startExporterProcess } from '../support/exporter-process.ts';
import { seriesOf } from '../support/exposition.ts';
import { endPrograms, freePort } from '../support/program.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { promtoolFindings } from '../support/promtool.ts';
import { isMissing } from '../support/requirements.ts';

/** One dial of each kind, all over within a second; time enough before it for a first scrape. */
const BETWEEN_SCRAPES = `
entries:
  - name: Office VPN
    repeat: false
    timeline:
      - { state: disconnected, for: 6s }
      - { state: connecting, for: 300ms }
      - { state: failed, error: 809, for: 200ms }
      - { state: disconnected }
  - name: Untrusted
    device: WAN Miniport (SSTP)
    repeat: false
    timeline:
      - { state: disconnected, for: 6s }
      - { state: connecting, for: 200ms }
      - { state: authenticating, for: 200ms }
      - { state: failed, error: 0x800B0109, for: 200ms }
      - { state: disconnected }
  - name: Nowhere
    repeat: false
    timeline:
      - { state: disconnected, for: 6s }
      - { state: failed, error: 868, for: 100ms }
      - { state: disconnected }
  - name: Short
    repeat: false
    timeline:
      - { state: disconnected, for: 6s }
      - { state: connecting, for: 300ms }
      - { state: connected, for: 200ms }
      - { state: disconnected }
`;

const FLAPPING = `
entries:
  - name: Flapping
    timeline:
      - { state: connecting, for: 600ms }
      - { state: connected, for: 300ms }
      - { state: disconnected, for: 100ms }
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ras-events-'));
});
afterEach(endPrograms);
afterAll(() => rmSync(folder, { recursive: true }));

function write(scenario: string): string {
  const path = join(folder, 'scenario.yaml');
  writeFileSync(path, scenario);
  return `--simulation.scenario=${path}`;
}

describe('an exporter whose connections fail between two scrapes', { timeout: 60_000 }, () => {
  it('sees no handle of them, and counts each with its error and how far it had come', async () => {
    const exporter = await startExporterProcess([write(BETWEEN_SCRAPES)]);
    const scrape = async () => (await exporter.get('/metrics')).body;
    const before = consistentExposition(await scrape());
    for (const name of ['attempts', 'connected', 'failed']) {
      expect(Object.values(seriesOf(before, `ras_dial_${name}_total`))).toEqual([0, 0, 0, 0]);
    }
    await sleep(7500);
    const text = await scrape();
    const after = consistentExposition(text);
    for (const series of [before, after]) {
      expect(seriesOf(series, 'ras_connection_state_code')).toEqual({});
      expect(Object.values(seriesOf(series, 'ras_connection_failures_total'))).toEqual([0, 0, 0, 0]);
    }
    expect(seriesOf(after, 'ras_dial_failures_total')).toEqual({
      '{entry="Office VPN",error_code="809",error="ERROR_VPN_TIMEOUT",category="network",phase="link"}': 1,
      '{entry="Untrusted",error_code="0x800B0109",error="CERT_E_UNTRUSTEDROOT",category="certificate",phase="authentication"}': 1,
      '{entry="Nowhere",error_code="868",error="ERROR_DNSNAME_NOT_RESOLVABLE",category="network",phase="dial"}': 1,
    });
    expect(Object.values(seriesOf(after, 'ras_dial_attempts_total'))).toEqual([1, 1, 1, 1]);
    expect(after.get('ras_dial_connected_total{entry="Short"}')).toBe(1);
    expect(after.get('ras_dial_duration_seconds_sum{entry="Short"}')).toBe(0.3);
    expect(after.get('ras_disconnects_total{entry="Short",reason_code="631",reason="ERROR_USER_DISCONNECTION"}')).toBe(
      1,
    );
    if (!isMissing('promtool')) expect(await promtoolFindings(text)).toBe('');
  });

  it.skipIf(isMissing('prometheus'))('lets Prometheus tell how long dialling takes', async () => {
    const port = await freePort();
    const prometheus = await startPrometheus({
      folder: join(folder, 'prometheus'),
      jobs: { ras: port },
      scrapeInterval: '500ms',
    });
    await startExporterProcess([write(FLAPPING)], { port });
    const connected = () => prometheus.value('increase(ras_dial_connected_total[1m])');
    await expect.poll(connected, { timeout: 40_000, interval: 300 }).toBeGreaterThan(3);
    const quantile = 'histogram_quantile(0.95, sum by (le) (increase(ras_dial_duration_seconds_bucket[1m])))';
    // All dials take 0.6 s: in the bucket from 0.5 to 1.
    expect(await prometheus.value(quantile)).toBeGreaterThan(0.9);
    expect(await prometheus.value(quantile)).toBeLessThanOrEqual(1);
    expect(prometheus.log()).not.toMatch(/level=(warn|error)/);
  });
});
