/** The thresholds of the alerts are the ones that were meant: with any other, a test of the rules fails. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Rules } from '../../dashboards/src/rules/rule.ts';
import { rules } from '../../dashboards/src/rules/rules.ts';
import { THRESHOLDS } from '../../dashboards/src/rules/thresholds.ts';
import { endPrograms } from '../support/program.ts';
import { isMissing } from '../support/requirements.ts';
import { alertsAlone, type RuleFolder, ruleFolder } from '../support/rule-files.ts';

const ALERTS = rules().alerts.map(({ name }) => name);

let folder: RuleFolder | undefined;
afterEach(async () => {
  await endPrograms();
  folder?.remove();
  folder = undefined;
});

const NUMBERS = Object.entries(THRESHOLDS).filter(([, value]) => typeof value === 'number' || /^\d+[mh]$/.test(value));

describe.skipIf(isMissing('promtool'))('a threshold that is another', { timeout: 60_000 }, () => {
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
