/** What the dashboards count of a counter that is born with its first failure, by Prometheus' own engine. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { increaseFromBirth } from '../../dashboards/src/query.ts';
import { endPrograms, startProgram } from '../support/program.ts';
import { isMissing } from '../support/requirements.ts';

const folder = mkdtempSync(join(tmpdir(), 'ras-increase-'));
afterAll(async () => {
  await endPrograms();
  rmSync(folder, { recursive: true });
});

/** Compares what is counted within the last five minutes, by `promtool test rules`; samples are a minute apart. */
async function expectCount(failures: string, machine: string, minute: number, count: number): Promise<void> {
  const labels = 'job="ras", instance="pc1"';
  const file = join(folder, 'test.yaml');
  const expectation = {
    expr: `sum ${increaseFromBirth('ras_dial_failures_total', 'job="ras"', 'job="ras"', '5m')}`,
    eval_time: `${minute}m`,
    exp_samples: [{ value: count }],
  };
  const series = [
    { series: `ras_dial_failures_total{${labels}, error_code="809"}`, values: failures },
    { series: `ras_exporter_build_info{${labels}}`, values: machine },
  ];
  // JSON is YAML.
  writeFileSync(
    file,
    JSON.stringify({ tests: [{ interval: '1m', input_series: series, promql_expr_test: [expectation] }] }),
  );
  const { exitCode, stdout, stderr } = await startProgram('promtool', ['test', 'rules', file]).ended;
  expect(exitCode, stdout + stderr).toBe(0);
}

describe.skipIf(isMissing('promtool'))('a counter that is born with the first failure', () => {
  it('counts its first failure', () => expectCount('_x10 1x10', '1x30', 13, 1));

  it('counts what follows within the same minutes', () => expectCount('_x10 1 1 3x10', '1x30', 13, 3));

  it('counts nothing any more when the failure is past', () => expectCount('_x10 1x20', '1x30', 20, 0));

  it('counts nothing of a machine that is new itself: its failures may be old', () =>
    expectCount('_x10 7x10', '_x10 1x20', 13, 0));

  it('counts as increase() does later on', () => expectCount('0+1x30', '1x30', 20, 5));
});
