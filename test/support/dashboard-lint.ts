/**
 * The rules of Grafana's dashboard-linter (github.com/grafana/dashboard-linter), which comes only as a program for download,
 * by the names that they have there; and a few of our own.
 *
 * Ours are stricter where that costs nothing: every kind of panel needs a unit and a description, `increase()` is a rate too.
 */
import * as units from '@grafana/grafana-foundation-sdk/units';
import { type Dashboard, filledIn, type Panel, queriesOf, type Variable } from './dashboards.ts';
import { type Selector, selectorsOf, syntaxErrors } from './promql.ts';

/** One thing that a rule found: `where: what`. */
export type Finding = string;

export type Rule = (dashboard: Dashboard) => readonly Finding[];

const UNITS = new Set<unknown>(Object.values(units));

/** Functions whose window has to fit the scrape interval. */
const RATES = ['rate', 'irate', 'increase'];

/** Windows that Grafana chooses: at least four scrapes, or the whole time range. */
const WINDOWS = ['$__rate_interval', '$__range'];

function panelRule(check: (panel: Panel) => readonly string[]): Rule {
  return ({ title, panels }) =>
    panels
      .filter(({ type }) => type !== 'row')
      .flatMap((panel) => check(panel).map((found) => `${title}: ${panel.title}: ${found}`));
}

function queryRule(check: (expr: string) => readonly string[]): Rule {
  return (dashboard) =>
    queriesOf(dashboard).flatMap(({ name, expr }) => check(expr).map((found) => `${name}: ${found}`));
}

function selectorRule(check: (selector: Selector) => string | undefined): Rule {
  // Those that the grammar does not know by their place: a window, a number.
  const parsed = (expr: string) =>
    expr
      .replaceAll(WINDOWS[0] ?? '', '11m')
      .replaceAll(WINDOWS[1] ?? '', '13m')
      .replaceAll(/\$__(from|to)/g, '0');
  const asWritten = (selector: Selector): Selector => {
    const window = { '11m': WINDOWS[0], '13m': WINDOWS[1] }[selector.range ?? ''];
    return { ...selector, range: window ?? selector.range };
  };
  return queryRule((expr) =>
    selectorsOf(parsed(expr)).flatMap((selector) => {
      const found = check(asWritten(selector));
      return found === undefined ? [] : [`${selector.metric} ${found}`];
    }),
  );
}

function variableRule(name: string, check: (variable: Variable | undefined) => boolean, what: string): Rule {
  return ({ title, templating }) =>
    check(templating.list.find((variable) => variable.name === name)) ? [] : [`${title}: ${what}`];
}

function isTemplated(name: string, label: string): Rule {
  const check = (variable: Variable | undefined) =>
    variable?.type === 'query' &&
    variable.label === label &&
    variable.datasource?.uid === '$datasource' &&
    variable.multi &&
    variable.allValue === '.+';
  return variableRule(name, check, `variable ${name}`);
}

function hasMatcher(matcher: string): Rule {
  return selectorRule(({ matchers }) => (matchers.includes(matcher) ? undefined : `lacks ${matcher}`));
}

export const RULES: Readonly<Record<string, Rule>> = {
  'template-datasource-rule': variableRule(
    'datasource',
    (variable) =>
      variable?.type === 'datasource' && variable.label === 'Data source' && variable.query === 'prometheus',
    'variable datasource',
  ),
  'template-job-rule': isTemplated('job', 'Job'),
  'template-instance-rule': isTemplated('instance', 'Instance'),
  'template-label-promql-rule': ({ title, templating }) =>
    templating.list
      .filter(({ type }) => type === 'query')
      .filter(({ query }) => {
        const [, selector] = /^label_values\((.*), \w+\)$/.exec(query) ?? [];
        return selector === undefined || syntaxErrors(filledIn(selector)).length > 0;
      })
      .map(({ name }) => `${title}: variable ${name}`),
  'template-on-time-change-reload-rule': ({ title, templating }) =>
    templating.list
      .filter(({ type, refresh }) => type === 'query' && refresh !== 2)
      .map(({ name }) => `${title}: variable ${name}`),
  'panel-datasource-rule': panelRule(({ datasource, targets = [] }) =>
    [datasource, ...targets.map((target) => target.datasource)].every((source) => source?.uid === '$datasource')
      ? []
      : ['data source'],
  ),
  'panel-title-description-rule': panelRule(({ title, description }) =>
    title && description?.endsWith('.') ? [] : ['title or description'],
  ),
  'panel-units-rule': panelRule(({ fieldConfig }) => {
    const overridden = (fieldConfig?.overrides ?? [])
      .flatMap(({ properties }) => properties)
      .filter(({ id }) => id === 'unit')
      .map(({ value }) => value);
    return [fieldConfig?.defaults.unit, ...overridden]
      .filter((unit) => !UNITS.has(unit))
      .map((unit) => `unit ${JSON.stringify(unit)}`);
  }),
  'panel-no-targets-rule': panelRule(({ targets = [] }) => (targets.length > 0 ? [] : ['no query'])),
  'target-promql-rule': queryRule((expr) => syntaxErrors(filledIn(expr))),
  'target-rate-interval-rule': selectorRule(({ within, range }) =>
    RATES.includes(within) && !WINDOWS.includes(range ?? '') ? `over ${range}` : undefined,
  ),
  'target-job-rule': hasMatcher('job=~"$job"'),
  'target-instance-rule': hasMatcher('instance=~"$instance"'),
  'target-counter-agg-rule': selectorRule(({ metric, within, range }) =>
    metric.endsWith('_total') && !(RATES.includes(within) && range !== undefined) ? 'as a counter' : undefined,
  ),
  'uneditable-dashboard': ({ title, editable }) => (editable ? [title] : []),

  // Our own.
  'no-bucket-bounds': selectorRule(({ matchers }) =>
    // Prometheus 2 and 3 write them differently.
    matchers.some((matcher) => /^le[=!]/.test(matcher)) ? 'chooses buckets' : undefined,
  ),
  'no-rate-of-gauges': selectorRule(({ metric, within }) =>
    RATES.includes(within) && !/_(total|bucket|sum|count)$/.test(metric) ? `within ${within}` : undefined,
  ),
};
