/** The dashboards against the metrics: what they ask for exists, and what exists is shown or said not to be. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { declaredMetrics } from '../../scripts/docs.ts';
import { filledIn, queriesOf, readDashboards } from '../support/dashboards.ts';
import { selectorsOf } from '../support/promql.ts';

const root = resolve(import.meta.dirname, '../..');
const declared = declaredMetrics().flatMap(({ metrics }) => metrics);
const labels = new Map<string, readonly string[]>(declared.map(({ name, labelNames }) => [name, labelNames] as const));

/** What Prometheus itself says about each target. */
const OF_PROMETHEUS = ['up', 'scrape_duration_seconds', 'scrape_samples_scraped'];

/** Labels of what is recorded, as far as the dashboards use them. */
const RECORDED_LABELS = ['entry', 'error_code', 'error', 'category', 'server'];

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly { readonly record?: string }[] }[];
}

function recorded(): string[] {
  const file: RuleFile = parse(readFileSync(resolve(root, 'dashboards/prometheus/ras-recording.yaml'), 'utf8'));
  return file.groups.flatMap(({ rules }) => rules.flatMap(({ record }) => record ?? []));
}

/** Everything that a dashboard asks for, variables included. */
const asked = [...readDashboards().values()].flatMap((dashboard) => [
  ...queriesOf(dashboard),
  ...dashboard.templating.list
    .filter(({ type }) => type === 'query')
    .map(({ name, query }) => ({ name, expr: query.replace(/^label_values\((.*), \w+\)$/, '$1') })),
]);

const selectors = asked.flatMap(({ name, expr }) =>
  selectorsOf(filledIn(expr)).map((selector) => ({ name, ...selector })),
);

/** Of a histogram the declared name. */
function familyOf(metric: string): string {
  const family = metric.replace(/_(bucket|sum|count)$/, '');
  return declared.some(({ name, kind }) => name === family && kind === 'histogram') ? family : metric;
}

/** Names in the first column of the table in a section of docs/dashboards.md. */
function namesNotShown(): string[] {
  const page = readFileSync(resolve(root, 'docs/dashboards.md'), 'utf8');
  const [, section = ''] = page.split('\n## Metrics that no dashboard shows\n');
  return [...section.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, names = '']) =>
    [...names.matchAll(/`([a-z0-9_]+)`/g)].map(([, name = '']) => name),
  );
}

describe('the dashboards', () => {
  it('ask only for metrics that exist', () => {
    const known = new Set([...labels.keys(), ...OF_PROMETHEUS, ...recorded()]);
    for (const { name, metric } of selectors) expect(known, name).toContain(familyOf(metric));
  });

  it('choose only by labels that the metrics have', () => {
    for (const { name, metric, matchers } of selectors) {
      const own = labels.get(familyOf(metric));
      if (own === undefined) continue;
      const known = ['job', 'instance', ...own];
      for (const matcher of matchers) expect(known, `${name}: ${metric}`).toContain(matcher.replace(/[=!].*/, ''));
    }
  });

  it('group only by labels that some metric in the query has', () => {
    for (const { name, expr } of asked) {
      const known = new Set(['job', 'instance', 'le']);
      for (const { metric } of selectorsOf(filledIn(expr))) {
        for (const label of labels.get(familyOf(metric)) ?? RECORDED_LABELS) known.add(label);
      }
      for (const [, list = ''] of expr.matchAll(/\b(?:by|on|without) \(([a-z_, ]+)\)/g)) {
        for (const label of list.split(/,\s*/)) expect(known, name).toContain(label);
      }
    }
  });

  it('show every metric, but for those that docs/dashboards.md names', () => {
    // Of a companion (dashboards/src/increase.ts) only its presence matters.
    const drawn = selectors.filter(({ within }) => within !== 'last_over_time');
    const shown = new Set(drawn.map(({ metric }) => familyOf(metric)));
    const hidden = declared.map(({ name }) => name).filter((name) => !shown.has(name));
    expect(namesNotShown().toSorted()).toEqual(hidden.toSorted());
  });
});
