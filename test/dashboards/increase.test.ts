/** What is counted of a counter that is born with its first failure, by Prometheus' own engine. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { increaseFromBirth } from '../../dashboards/src/increase.ts';
import { endPrograms, startProgram } from '../support/program.ts';
import { isMissing } from '../support/requirements.ts';

const folder = mkdtempSync(join(tmpdir(), 'ras-increase-'));
afterAll(async () => {
  await endPrograms();
  rmSync(folder, { recursive: true });
});

const MACHINE = 'job="ras", instance="pc1"';
const FAILURES = `ras_dial_failures_total{${MACHINE}, entry="Office", error_code="809", phase="link"}`;
const TOLD = `ras_events_skipped_total{${MACHINE}, reason="cleared"}`;
const ERRORS = `ras_connection_errors_total{${MACHINE}, entry="Office", phonebook="all_users", error_code="809"}`;
const SEEN = `ras_connection_failures_total{${MACHINE}, entry="Office", phonebook="all_users"}`;

/** Compares what is counted within the last five minutes, by `promtool test rules`; samples are a minute apart. */
async function expectCount(series: Readonly<Record<string, string>>, minute: number, count: number): Promise<void> {
  const counter = FAILURES in series ? 'ras_dial_failures_total' : 'ras_connection_errors_total';
  const file = join(folder, 'test.yaml');
  const expectation = {
    expr: `sum ${increaseFromBirth(counter, '5m', '{job="ras", entry="Office"}', '{job="ras"}')}`,
    eval_time: `${minute}m`,
    exp_samples: [{ value: count }],
  };
  const input_series = Object.entries(series).map(([name, values]) => ({ series: name, values }));
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ tests: [{ interval: '1m', input_series, promql_expr_test: [expectation] }] }));
  const { exitCode, stdout, stderr } = await startProgram('promtool', ['test', 'rules', file]).ended;
  expect(exitCode, stdout + stderr).toBe(0);
}

describe.skipIf(isMissing('promtool'))('a counter that is born with the first failure', () => {
  it('counts its first failure', () => expectCount({ [FAILURES]: '_x10 1x10', [TOLD]: '0x30' }, 13, 1));

  it('counts its first failure that a scrape sees', () =>
    expectCount({ [ERRORS]: '_x10 1x10', [SEEN]: '0x10 1x10' }, 13, 1));

  it('counts what follows within the same minutes', () =>
    expectCount({ [FAILURES]: '_x10 1 1 3x10', [TOLD]: '0x30' }, 13, 3));

  it('counts nothing any more when the failure is past', () =>
    expectCount({ [FAILURES]: '_x10 1x20', [TOLD]: '0x30' }, 20, 0));

  it('counts nothing of a machine that is new itself: its failures may be old', () =>
    expectCount({ [FAILURES]: '_x10 7x10', [TOLD]: '_x10 0x20' }, 13, 0));

  it('counts nothing of an entry that the scrapes see for the first time: its failures may be old', () =>
    expectCount({ [ERRORS]: '_x10 7x10', [SEEN]: '_x10 7x10' }, 13, 0));

  it('counts nothing when it is told again after a gap', () =>
    expectCount({ [ERRORS]: '7x10 stale _x10 7x10', [SEEN]: '7x10 stale _x10 7x10' }, 24, 0));

  it('counts the same when a scrape was missed a window before', () =>
    expectCount({ [FAILURES]: '_x10 1x10', [TOLD]: '0x7 stale 0x30' }, 13, 1));

  it('counts nothing of a series that has another label', () =>
    expectCount(
      {
        [FAILURES]: '7x10 stale',
        [TOLD]: '0x10 stale',
        [FAILURES.replace('}', ', site="hh"}')]: '_x11 7x10',
        [TOLD.replace('}', ', site="hh"}')]: '_x11 0x10',
      },
      13,
      0,
    ));

  it('counts as increase() does later on', () => expectCount({ [FAILURES]: '0+1x30', [TOLD]: '0x30' }, 20, 5));
});
