/** The rules under promtool, 2.x and 3.x: what each alert finds. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parse, type Tags } from 'yaml';
import { rules } from '../../dashboards/src/rules/rules.ts';
import { endPrograms, startProgram } from '../support/program.ts';
import { promtools } from '../support/promtool-versions.ts';
import { alertsAlone, RULES_FOLDER, type RuleFolder, ruleFolder } from '../support/rule-files.ts';

const ALERTS = rules().alerts.map(({ name }) => name);
const RULE_FILES = readdirSync(RULES_FOLDER).filter((name) => /^ras-.*\.yaml$/.test(name));
const versions = promtools();

let folder: RuleFolder | undefined;
afterEach(async () => {
  await endPrograms();
  folder?.remove();
  folder = undefined;
});

describe.each(versions)('the rules under %s', { timeout: 120_000 }, (_, promtool) => {
  it('are rules that it knows, each once', async () => {
    const files = RULE_FILES.map((name) => join(RULES_FOLDER, name));
    const checked = await startProgram(promtool, ['check', 'rules', '--lint=all', '--lint-fatal', ...files]).ended;
    expect(checked, checked.stderr).toMatchObject({ exitCode: 0 });
    expect(checked.stdout.match(/SUCCESS: \d+ rules found/g)).toHaveLength(4);
  });

  it('stand in a configuration that it knows', async () => {
    const checked = await startProgram(promtool, ['check', 'config', join(RULES_FOLDER, 'prometheus.yaml')]).ended;
    expect(checked, checked.stderr).toMatchObject({ exitCode: 0 });
  });

  it.each(ALERTS)('%s fires, is silent and resolves when it should', async (alert) => {
    folder = ruleFolder(rules());
    const tested = await folder.test(promtool, [alert]);
    expect(tested.exitCode, tested.stdout + tested.stderr).toBe(0);
  });

  it('say the same without recordings, as Grafana asks them', async () => {
    const withoutRecordings = alertsAlone(rules());
    const tests = Object.fromEntries(ALERTS.map((alert) => [alert, testsOnRawSeries(alert)]));
    folder = ruleFolder(withoutRecordings, tests);
    for (const alert of ALERTS) {
      const tested = await folder.test(promtool, [alert]);
      expect(tested.exitCode, tested.stdout + tested.stderr).toBe(0);
    }
  });
});

/** The tests of an alert but for those that are fed with recordings. JSON is YAML. */
function testsOnRawSeries(alert: string): string {
  const text = readFileSync(join(RULES_FOLDER, 'tests', `${alert}.yaml`), 'utf8');
  const file: RuleTests = parse(text, { customTags: withoutHexadecimal });
  const tests = file.tests.filter(({ input_series }) => input_series.every(({ series }) => !/^[a-z_]+:/.test(series)));
  expect(tests, alert).not.toEqual([]);
  const ofAlerts = tests.map((test) => ({
    ...test,
    promql_expr_test: test.promql_expr_test?.filter(({ expr }) => !/^[a-z_]+:/.test(expr)),
  }));
  return JSON.stringify({ ...file, group_eval_order: undefined, tests: ofAlerts });
}

/** For promtool `0x30` is thirty zeros more. */
function withoutHexadecimal(tags: Tags): Tags {
  return tags.filter((tag) => typeof tag === 'string' || tag.format !== 'HEX');
}

interface RuleTests {
  readonly tests: readonly {
    readonly name: string;
    readonly input_series: readonly { readonly series: string }[];
    readonly promql_expr_test?: readonly { readonly expr: string }[];
  }[];
}
