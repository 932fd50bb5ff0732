/** Every query of every dashboard, asked of a real Prometheus that has scraped connections in all kinds of trouble. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CONNECTION_STATE_NAMES, stateNumber } from '../../dashboards/src/values.ts';
import { filledIn, type Query, queriesOf, readDashboards } from '../support/dashboards.ts';
import { startExporterProcess } from '../support/exporter-process.ts';
import { endPrograms, freePort } from '../support/program.ts';
import { type Prometheus, startPrometheus } from '../support/prometheus.ts';
import { isMissing } from '../support/requirements.ts';

const SCENARIO = `
entries:
  - name: Office VPN
    always_on: true
    timeline: [{ state: connecting, for: 1s }, { state: authenticating, for: 1s }, { state: connected, for: 1h }]
  - name: Branch & "Lab"
    server: branch.example.com
    always_on: true
    timeline:
      - { state: connecting, for: 500ms }
      - { state: failed, error: 809, for: 1500ms }
  - name: Lost
    always_on: true
    repeat: false
    timeline: [{ state: connected, for: 3s }, { state: disconnected }]
  - name: Flaky
    device: WAN Miniport (SSTP)
    timeline:
      - { state: connecting, for: 1s }
      - { state: authenticating, for: 500ms }
      - { state: connected, for: 4s }
      - { state: disconnected, for: 500ms }
      - { state: connecting, for: 1s }
      - { state: failed, error: 0x800B0109, for: 1s }
api:
  - { function: RasGetConnectStatusW, entry: Flaky, from: 6s, for: 1s, every: 5s, returns: 8 }
event_log:
  - { from: 12s, every: 5s, malformed: 2 }
`;

/** Windows does not tell anything. */
const BROKEN = `
entries: [{ name: Office VPN, always_on: true, timeline: [{ state: connected }] }]
api: [{ function: RasEnumConnectionsW, returns: 711 }]
`;

/** Of a query over time, in seconds; the step is one. */
const RANGE = 30;

/** What Grafana fills in. */
function valuesAt(now: number) {
  return {
    __rate_interval: '15s',
    __range: `${RANGE}s`,
    __from: String((now - RANGE) * 1000),
    __to: String(now * 1000),
  };
}

interface MayBeEmpty {
  /** Of the name of the query. */
  readonly query: RegExp;
  readonly reason: string;
}

/** What this Prometheus has nothing of. */
const MAY_BE_EMPTY: readonly MayBeEmpty[] = [
  { query: /^RAS \/ Exporter: (Pushes, by outcome|Last successful push): /, reason: 'OTLP is off' },
];

const dashboards = [...readDashboards().values()];

describe.skipIf(isMissing('prometheus'))('every query of the dashboards', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'ras-dashboards-'));
  let prometheus: Prometheus;

  beforeAll(async () => {
    const play = async (name: string, scenario: string) => {
      const file = join(folder, `${name}.yaml`);
      writeFileSync(file, scenario);
      return (await startExporterProcess([`--simulation.scenario=${file}`])).port;
    };
    prometheus = await startPrometheus({
      folder,
      // The last one is off.
      jobs: { ras: [await play('scenario', SCENARIO), await play('broken', BROKEN), await freePort()] },
      scrapeInterval: '1s',
      config: { rule_files: [resolve(import.meta.dirname, '../../dashboards/prometheus/ras-recording.yaml')] },
    });
    // The longest window, and the second failure with each code.
    const ready =
      'ras_exporter_build_info offset 31s and on (job) entry:ras_failures:increase15m{category="certificate"}';
    await vi.waitFor(async () => expect(await prometheus.query(ready)).toHaveLength(2), {
      timeout: 90_000,
      interval: 500,
    });
  }, 120_000);
  afterAll(async () => {
    await endPrograms();
    rmSync(folder, { recursive: true });
  });

  it.each(dashboards.flatMap(queriesOf))('$name', async (query) => {
    const mayBeEmpty = MAY_BE_EMPTY.some((exception) => exception.query.test(query.name));
    // What is asked about this moment may be of the other half second.
    await vi.waitFor(async () => {
      const values = await answer(prometheus, query);
      for (const value of values) expect(Number.isFinite(value), query.expr).toBe(true);
      if (!mayBeEmpty) expect(values, query.expr).not.toHaveLength(0);
    }, 5000);
  });

  it('offers machines and entries to choose from', async () => {
    const offered = dashboards.flatMap(({ templating }) => templating.list.filter(({ type }) => type === 'query'));
    for (const { query } of offered) {
      const [, selector = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(query) ?? [];
      const found = await prometheus.query(filledIn(selector));
      expect(
        found.map(({ labels }) => labels[label] ?? ''),
        query,
      ).not.toContain('');
      expect(found, query).not.toHaveLength(0);
    }
  });

  it('draws the state that each connection is in', async () => {
    const expr = stateNumber('ras_connection_state', 'entry=~"Office VPN|Lost"', CONNECTION_STATE_NAMES);
    const found = await prometheus.query(`${expr} and on (instance) ras_up == 1`);
    const states = found.map(({ labels, value }) => [labels.entry, CONNECTION_STATE_NAMES[value]]);
    expect(Object.fromEntries(states)).toEqual({ 'Office VPN': 'connected', Lost: 'disconnected' });
  });

  it('says of the fleet what is the case', async () => {
    const fleet = dashboards.find(({ uid }) => uid === 'ras-fleet');
    const numbers: Record<string, readonly number[]> = {};
    for (const query of fleet === undefined ? [] : queriesOf(fleet)) {
      if (query.name.endsWith(': A') && query.instant) numbers[query.panel] = await answer(prometheus, query);
    }
    expect(numbers).toMatchObject({
      Machines: [2],
      Expected: [3],
      'Expected and down': [2],
      'Expected and up': [1 / 3],
      'Not scraped': [1],
      'Need attention': [3],
      'Recording rules': [1],
    });
  });
});

/** All values that a query finds, over time or now. */
async function answer(prometheus: Prometheus, { expr, instant }: Query): Promise<readonly number[]> {
  const now = Math.floor(Date.now() / 1000);
  const query = filledIn(expr, valuesAt(now));
  if (instant) return (await prometheus.query(query)).map(({ value }) => value);
  return (await prometheus.queryRange(query, now - RANGE, now, 1)).flatMap(({ values }) => values);
}
