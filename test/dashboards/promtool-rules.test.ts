/** The rules under promtool, 2.x and 3.x: what each alert finds, and that its thresholds are the ones that were meant. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parse, type Tags } from 'yaml';
import { inlined, type Rules } from '../../dashboards/src/rules/rule.ts';
import { rules } from '../../dashboards/src/rules/rules.ts';
import { THRESHOLDS } from '../../dashboards/src/rules/thresholds.ts';
import { endPrograms, startProgram } from '../support/program.ts';
import { promtools } from '../support/promtool-versions.ts';
import { RULES_FOLDER, type RuleFolder, ruleFolder } from '../support/rule-files.ts';

const ALERTS = rules().alerts.map(({ name }) => name);
const RULE_FILES = readdirSync(RULES_FOLDER).filter((name) => /^ras-.*\.yaml$/.test(name));
const versions = promtools();
const [installed] = versions;

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
    const tested = await folder.test(promtool, ALERTS);
    expect(tested.exitCode, tested.stdout + tested.stderr).toBe(0);
  });
});

const NUMBERS = Object.entries(THRESHOLDS).filter(([, value]) => typeof value === 'number' || /^\d+[mh]$/.test(value));

describe.skipIf(installed === undefined)('a threshold that is another', { timeout: 60_000 }, () => {
  it('is looked for among all of them', () => {
    expect(NUMBERS).toHaveLength(Object.keys(THRESHOLDS).length - ['jobs', 'runbooks'].length);
  });

  it.each(
    NUMBERS.flatMap(([name, value]) => [
      [name, value, changed(value, 0.7)] as const,
      [name, value, changed(value, 1.3)] as const,
    ]),
  )('makes a test fail: %s, %s → %s', async (name, _before, other) => {
    const mutated = rules({ ...THRESHOLDS, [name]: other });
    const [now, before] = [alertsAlone(mutated).alerts, alertsAlone(rules()).alerts];
    const affected = ALERTS.filter((_, index) => differ(now[index], before[index]));
    expect(affected).not.toEqual([]);
    folder = ruleFolder(withoutTexts(mutated));
    // Until one fails: a threshold that many alerts have in common would take long.
    let output = '';
    for (const alert of affected) {
      const { exitCode, stdout, stderr } = await folder.test('promtool', [alert]);
      output = stdout + stderr;
      if (exitCode !== 0) break;
    }
    // Not because of a text, nor because it could not be read.
    expect(output, 'a test fails').toMatch(/FAILED:/);
    expect(output).not.toMatch(/unmarshal|parse error/);
  });
});

/** Counts by one, other numbers by a factor. */
function changed(value: string | number, factor: number): string | number {
  if (typeof value === 'number') {
    return Number.isInteger(value) && value <= 10 ? value + Math.sign(factor - 1) : value * factor;
  }
  const seconds = Number.parseInt(value, 10) * (value.endsWith('h') ? 3600 : 60);
  return `${Math.round(seconds * factor)}s`;
}

/** Texts that name a threshold are not what tells a mutation: they stay as they are. */
function withoutTexts({ recordings, alerts }: Rules): Rules {
  const originals = rules().alerts;
  return {
    recordings,
    alerts: alerts.map((alert, index) => ({ ...alert, description: originals[index]?.description ?? '' })),
  };
}

function differ(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) !== JSON.stringify(b);
}

function alertsAlone({ recordings, alerts }: Rules): Rules {
  return { recordings: [], alerts: alerts.map((alert) => ({ ...alert, expr: inlined(alert.expr, recordings) })) };
}

/** The tests of an alert but for those that are fed with recordings. JSON is YAML. */
function testsOnRawSeries(alert: string): string {
  const text = readFileSync(join(RULES_FOLDER, 'tests', `${alert}.yaml`), 'utf8');
  const file: RuleTests = parse(text, { customTags: withoutHexadecimal });
  const tests = file.tests.filter(({ input_series }) => input_series.every(({ series }) => !/^[a-z_]+:/.test(series)));
  expect(tests, alert).not.toEqual([]);
  return JSON.stringify({ ...file, group_eval_order: undefined, tests });
}

/** For promtool `0x30` is thirty zeros more. */
function withoutHexadecimal(tags: Tags): Tags {
  return tags.filter((tag) => typeof tag === 'string' || tag.format !== 'HEX');
}

interface RuleTests {
  readonly tests: readonly { readonly name: string; readonly input_series: readonly { readonly series: string }[] }[];
}
