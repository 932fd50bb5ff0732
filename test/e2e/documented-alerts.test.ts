/** The alert examples of the documentation, as Prometheus understands them. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { documentedQueries } from '../support/documented-queries.ts';
import { selectorsOf } from '../support/promql.ts';
import { runPromtool } from '../support/promtool.ts';
import { isMissing } from '../support/requirements.ts';

const folder = mkdtempSync(join(tmpdir(), 'ras-alerts-'));
afterAll(() => rmSync(folder, { recursive: true }));

const docs = resolve(import.meta.dirname, '../../docs/collectors');

/** The file of the rules that a page gives as its example. */
function rulesOf(page: string): string {
  const rules = /```yaml\n(groups:\n.*?)```/s.exec(readFileSync(join(docs, page), 'utf8'))?.[1];
  if (rules === undefined) throw new Error(`${page} has no alert examples`);
  const file = join(folder, `${page}.yaml`);
  writeFileSync(file, rules);
  return file;
}

/** Instances for which an alert fires after an hour in which these series stand still. */
async function firing(page: string, alert: string, series: Readonly<Record<string, number>>, labels: string) {
  const input_series = Object.entries(series).map(([name, value]) => ({ series: name, values: `${value}x60` }));
  const alert_rule_test = [{ eval_time: '1h', alertname: alert, exp_alerts: [] }];
  const file = join(folder, 'test.yaml');
  const tests = [{ interval: '1m', input_series, alert_rule_test }];
  writeFileSync(file, JSON.stringify({ rule_files: [rulesOf(page)], tests }));
  const { said, exitCode } = await runPromtool(['test', 'rules', file]);
  // An alert that was not expected is what it complains of, with its labels.
  if (exitCode !== 0) expect(said).toContain(`alertname="${alert}", ${labels}`);
  return exitCode !== 0;
}

/** The queries of the documentation that join labels, by where they stand. */
function documentedJoins(): (readonly [page: string, query: string])[] {
  return readdirSync(docs).flatMap((page) =>
    documentedQueries(join(docs, page))
      .filter((query) => query.includes('group_left'))
      .map((query) => [page, query] as const),
  );
}

describe.skipIf(isMissing('promtool'))('the queries of the documentation', () => {
  it('are looked for', () => expect(documentedJoins().map(([page]) => page)).toContain('connections.md'));

  it.each(documentedJoins())(
    'join labels also where two jobs have one machine, and labels have changed: %s',
    async (_, query) => {
      const [left, right] = selectorsOf(query).map(({ metric }) => metric);
      const input_series = ['ras', 'other'].flatMap((job) => {
        const connection = `job="${job}", instance="pc", entry="Office", phonebook="all_users"`;
        return [
          { series: `${left}{${connection}}`, values: '1x10' },
          ...['self', 'other'].map((ownership) => ({
            series: `${right}{${connection}, server="vpn.example.com", ownership="${ownership}"}`,
            values: '1x10',
          })),
        ];
      });
      const promql_expr_test = [{ expr: `count(${query})`, eval_time: '5m', exp_samples: [{ value: 2 }] }];
      const file = join(folder, 'join.yaml');
      writeFileSync(file, JSON.stringify({ tests: [{ interval: '1m', input_series, promql_expr_test }] }));
      expect(await runPromtool(['test', 'rules', file])).toMatchObject({ exitCode: 0 });
    },
  );
});

describe.skipIf(isMissing('promtool'))('the alert examples of the documentation', () => {
  it.each(readdirSync(docs).filter((page) => readFileSync(join(docs, page), 'utf8').includes('\ngroups:')))(
    'are valid rules: %s',
    async (page) => {
      expect(await runPromtool(['check', 'rules', rulesOf(page)])).toMatchObject({ exitCode: 0 });
    },
  );

  const up = 'ras_up{instance="pc"}';
  const success = 'ras_exporter_collector_success{collector="devices",instance="pc"}';
  const vpn = 'ras_devices{device_type="vpn",instance="pc"}';
  const pppoe = 'ras_devices{device_type="pppoe",instance="pc"}';
  it.each([
    ['fires where there is no VPN device', { [up]: 1, [success]: 1, [pppoe]: 1 }, true],
    ['fires where there is no device at all', { [up]: 1, [success]: 1 }, true],
    ['is silent where there is one', { [up]: 1, [success]: 1, [vpn]: 7 }, false],
    ['is silent where devices cannot be read', { [up]: 1, [success]: 0 }, false],
    ['is silent where the collector is off', { [up]: 1 }, false],
    ['is silent while RasMan is stopped', { [up]: 0, [success]: 1 }, false],
  ])('RasDevicesMissing %s', async (_what, series, fires) => {
    expect(await firing('devices.md', 'RasDevicesMissing', series, 'instance="pc"')).toBe(fires);
  });
});
