/**
 * Every query of every rule, and of the runbooks, on real Prometheus servers that hold hours of the
 * scenario of the demo: they find something, and what they find is finite.
 */
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inlined } from '../../dashboards/src/rules/rule.ts';
import { rules } from '../../dashboards/src/rules/rules.ts';
import { readScenario } from '../../src/ras/simulated/parse.ts';
import { documentedQueries } from '../support/documented-queries.ts';
import { writeHistory } from '../support/history.ts';
import { endPrograms, startProgram } from '../support/program.ts';
import { type Prometheus, startPrometheus } from '../support/prometheus.ts';
import { PROMETHEUS_3, promtools } from '../support/promtool-versions.ts';
import { isMissing } from '../support/requirements.ts';

const root = resolve(import.meta.dirname, '../..');
const docs = join(root, 'docs');
const { recordings, alerts } = rules();

const MINUTE = 60;
const LENGTH = 160 * MINUTE;
const INTERVAL = 30;
/** A whole number of minutes, so that the steps of a query meet the samples. */
const START = Math.floor((Date.now() / 1000 - LENGTH) / MINUTE) * MINUTE;

/** What finds nothing in the scenario. */
const EMPTY: readonly string[] = [
  // No call hangs.
  'ras_exporter_collector_timeout == 1',
];

const servers = promtools().map(([name, promtool]) => [
  name.replace('promtool', 'Prometheus'),
  promtool === 'promtool' ? 'prometheus' : join(PROMETHEUS_3, 'prometheus'),
]);

let folder = '';
beforeAll(async () => {
  if (isMissing('prometheus')) return;
  folder = mkdtempSync(join(tmpdir(), 'ras-history-'));
  const history = join(folder, 'history');
  await writeHistory(history, {
    scenario: readScenario(join(root, 'scenarios', 'demo.yaml')),
    instances: ['pc1', 'pc2', 'pc3', 'pc4', 'pc5', 'laptop'],
    start: START,
    length: LENGTH,
    interval: INTERVAL,
    // One cannot be scraped for half an hour, one has stopped sending.
    answers: (instance, second) =>
      !(instance === 'pc5' && second > 100 * MINUTE && second < 130 * MINUTE) &&
      !(instance === 'laptop' && second > 60 * MINUTE),
    pushing: ['laptop'],
  });
  const made = await startProgram('promtool', [
    'tsdb',
    'create-blocks-from',
    'openmetrics',
    history,
    join(folder, 'blocks'),
  ]).ended;
  expect(made, made.stderr).toMatchObject({ exitCode: 0 });
}, 120_000);
afterAll(async () => {
  await endPrograms();
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
});

describe.each(servers)('%s with hours of the demo', { timeout: 60_000 }, (name = '', program = '') => {
  let server: Prometheus;
  beforeAll(async () => {
    const own = join(folder, name);
    cpSync(join(folder, 'blocks'), join(own, 'data'), { recursive: true });
    server = await startPrometheus({ folder: own, jobs: {}, scrapeInterval: '15s', program });
  }, 60_000);

  const valuesOf = async (expr: string): Promise<readonly number[]> => {
    const series = await server.queryRange(inlined(expr, recordings), START, START + LENGTH, MINUTE);
    return series.flatMap(({ values }) => values);
  };

  it.each(alerts.map((alert) => [alert.name, alert.expr]))(
    'finds what %s is about, now and then',
    async (_, expr = '') => {
      const values = await valuesOf(expr);
      expect(values.length).toBeGreaterThan(0);
      for (const value of values) expect(Number.isFinite(value)).toBe(true);
    },
  );

  it.each(recordings.map(({ record, expr }) => [record, expr]))('has data for %s', async (_, expr = '') => {
    const values = await valuesOf(expr);
    expect(values.length).toBeGreaterThan(0);
    for (const value of values) expect(Number.isFinite(value)).toBe(true);
  });

  it('has the time of day of the history in its events', async () => {
    const times = await valuesOf('ras_last_failure_timestamp_seconds or ras_last_connected_timestamp_seconds');
    expect(times.length).toBeGreaterThan(0);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(START);
    expect(Math.max(...times)).toBeLessThanOrEqual(START + LENGTH);
  });

  it.each(pages())('answers the queries of %s', async (page, queries) => {
    expect(queries.length).toBeGreaterThan(0);
    for (const query of queries) {
      const values = await valuesOf(query);
      if (!EMPTY.includes(query)) expect(values.length, `${page}: ${query}`).toBeGreaterThan(0);
    }
  });
});

/** Each page with the queries in it, placeholders replaced by what is in the scenario. */
function pages(): (readonly [page: string, queries: readonly string[]])[] {
  return readdirSync(join(docs, 'runbooks')).map(
    (name) => [name, documentedQueries(join(docs, 'runbooks', name)).map(placeholders)] as const,
  );
}

function placeholders(query: string): string {
  return query
    .replaceAll('="ENTRY"', '=~"Mobile|Branch Hamburg|DSL|Black Hole|Two factors"')
    .replaceAll('"CODE"', '"809"')
    .replaceAll('"SERVER"', '"sites.example.com"');
}
