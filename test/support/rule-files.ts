/** Rule files and their tests in a folder of their own, where a test may change them. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { prometheusFiles } from '../../dashboards/src/rules/prometheus.ts';
import { inlined, type Rules } from '../../dashboards/src/rules/rule.ts';
import { type Ended, startProgram } from './program.ts';

const dashboards = resolve(import.meta.dirname, '../../dashboards');

/** `dashboards/prometheus`. */
export const RULES_FOLDER = join(dashboards, 'prometheus');

export interface RuleFolder {
  readonly path: string;
  /** `promtool test rules` with the tests of some alerts. Others than these name are left out: promtool would work them out, too. */
  test(promtool: string, alerts: readonly string[]): Promise<Ended>;
  remove(): void;
}

/**
 * Writes rules into a folder, with the tests beside them.
 *
 * @param tests name of an alert → text of its test file, where it is not the one of the project
 */
export function ruleFolder(rules: Rules, tests: Readonly<Record<string, string>> = {}): RuleFolder {
  const path = mkdtempSync(join(tmpdir(), 'ras-rules-'));
  mkdirSync(join(path, 'tests'));
  cpSync(join(RULES_FOLDER, 'tests'), join(path, 'tests'), { recursive: true });
  for (const [name, text] of Object.entries(tests)) writeFileSync(join(path, 'tests', `${name}.yaml`), text);
  const write = (written: Rules) => {
    for (const [name, text] of Object.entries(prometheusFiles(written))) writeFileSync(join(path, name), text);
  };
  write(rules);
  return {
    path,
    test(promtool, alerts) {
      const files = alerts.map((name) => join(path, 'tests', `${name}.yaml`));
      const tested = files.map((file) => readFileSync(file, 'utf8')).join('\n');
      write({ ...rules, alerts: rules.alerts.filter(({ name }) => new RegExp(`\\b${name}\\b`).test(tested)) });
      return startProgram(promtool, ['test', 'rules', ...files]).ended;
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** Alerts that ask without recordings, as Grafana does. */
export function alertsAlone({ recordings, alerts }: Rules): Rules {
  return { recordings: [], alerts: alerts.map((alert) => ({ ...alert, expr: inlined(alert.expr, recordings) })) };
}
