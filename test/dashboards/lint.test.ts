/** The dashboards keep the rules of Grafana's dashboard-linter, but for exceptions with a reason. */
import { describe, expect, it } from 'vitest';
import { RULES } from '../support/dashboard-lint.ts';
import { type Dashboard, type Panel, readDashboards } from '../support/dashboards.ts';

interface Exception {
  readonly rule: string;
  readonly finding: RegExp;
  readonly reason: string;
}

const EXCEPTIONS: readonly Exception[] = [
  {
    rule: 'target-instance-rule',
    finding: /^RAS \/ Fleet: .*: (job|server|code):\w+:\w+ lacks/,
    reason: 'recorded for whole jobs: the label is what was saved',
  },
  {
    rule: 'target-instance-rule',
    finding:
      /^RAS \/ Fleet: (Not scraped|Need attention|Machines that need attention): .: ras_exporter_build_info lacks/,
    reason: 'only says which jobs have exporters: a machine that is not scraped has no such series itself',
  },
  ...['target-job-rule', 'target-instance-rule'].map((rule) => ({
    rule,
    finding: /^RAS \/ Fleet: Recording rules: A: ras:machines:count lacks/,
    reason: 'recorded over all jobs, and only says that the rules are loaded',
  })),
  {
    rule: 'target-counter-agg-rule',
    finding: /: ras_(dial_failures|disconnects|connection_errors|api_errors)_total as a counter$/,
    reason: 'increaseFromBirth: what a series was born with counts, and increase() does not see it',
  },
  {
    rule: 'target-counter-agg-rule',
    finding: /: ras_(events_skipped|connection_failures|api_calls)_total as a counter$/,
    reason: 'increaseFromBirth: whether it was there is what matters, not its value',
  },
];

const dashboards = [...readDashboards()];

describe.each(dashboards)('dashboards/%s', (_file, dashboard) => {
  it.each(Object.entries(RULES))('keeps %s', (name, rule) => {
    const exceptions = EXCEPTIONS.filter((exception) => exception.rule === name);
    const found = rule(dashboard).filter((finding) => !exceptions.some((exception) => exception.finding.test(finding)));
    expect(found).toEqual([]);
  });
});

it.each(EXCEPTIONS)('needs the exception from $rule for $finding', ({ rule, finding }) => {
  const found = dashboards.flatMap(([, dashboard]) => RULES[rule]?.(dashboard) ?? []);
  expect(found.some((text) => finding.test(text))).toBe(true);
});

describe('a rule', () => {
  const [, good] = dashboards[0] ?? [];
  if (good === undefined) throw new Error('no dashboard');
  const variables = good.templating.list;
  const withVariable = (name: string, change: object): Dashboard => ({
    ...good,
    templating: { list: variables.map((variable) => (variable.name === name ? { ...variable, ...change } : variable)) },
  });
  const stat = good.panels.find(({ type }) => type === 'stat');
  if (stat === undefined) throw new Error('no panel');
  const withPanel = (change: Partial<Panel>): Dashboard => ({ ...good, panels: [{ ...stat, ...change }] });
  const withQuery = (expr: string) => withPanel({ targets: [{ ...stat.targets?.[0], refId: 'A', expr }] });
  const chosen = '{job=~"$job", instance=~"$instance"}';

  it.each<readonly [rule: string, bad: Dashboard]>([
    ['template-datasource-rule', withVariable('datasource', { label: 'Prometheus' })],
    ['template-job-rule', withVariable('job', { allValue: '.*' })],
    ['template-instance-rule', withVariable('instance', { multi: false })],
    ['template-label-promql-rule', withVariable('job', { query: 'label_values(ras_up{, job)' })],
    ['template-on-time-change-reload-rule', withVariable('instance', { refresh: 1 })],
    ['panel-datasource-rule', withPanel({ datasource: { type: 'prometheus', uid: 'P1' } })],
    ['panel-title-description-rule', withPanel({ description: '' })],
    ['panel-units-rule', withPanel({ fieldConfig: { defaults: { unit: 'furlong' }, overrides: [] } })],
    ['panel-no-targets-rule', withPanel({ targets: [] })],
    ['target-promql-rule', withQuery(`sum(ras_up${chosen}`)],
    ['target-rate-interval-rule', withQuery(`rate(ras_dial_attempts_total${chosen}[5m])`)],
    ['target-job-rule', withQuery('ras_up{instance=~"$instance"}')],
    ['target-instance-rule', withQuery('ras_up{job=~"$job"}')],
    ['target-counter-agg-rule', withQuery(`sum(ras_dial_attempts_total${chosen})`)],
    ['uneditable-dashboard', { ...good, editable: true }],
    ['no-bucket-bounds', withQuery('ras_dial_duration_seconds_bucket{le="1"}')],
    ['no-rate-of-gauges', withQuery(`rate(ras_up${chosen}[$__rate_interval])`)],
  ])('finds what breaks %s', (rule, bad) => {
    expect(RULES[rule]?.(bad)).toHaveLength(1);
  });

  it('is tested, whichever it is', () => {
    expect(Object.keys(RULES)).toHaveLength(17);
  });
});
