/**
 * The alerts as rules that Grafana evaluates itself (file provisioning), for those who have no rules in Prometheus.
 *
 * The query finds a series for each alert and none when all is well, as in Prometheus; a threshold of Grafana wants a number to
 * compare. So a math expression makes 1 of whatever number was found, and no data means that all is well. That is also how
 * Grafana converts rules of Prometheus that are imported.
 */
import { Document } from 'yaml';
import { annotations } from './prometheus.ts';
import { type Alert, inlined, type Recording, type Rules } from './rule.ts';
import { THRESHOLDS, type Thresholds } from './thresholds.ts';

/** The uid of the data source, as `dashboards/provisioning/datasources` names it. */
export const DATASOURCE_UID = 'ras-prometheus';

const COMMENT = ` Alerts that Grafana evaluates itself. They need no rule in Prometheus: what is recorded there stands in the queries here.
 Use these or those of dashboards/prometheus, not both.
 Made by \`npm run rules\` of dashboards/src/rules; what each is for, and how to change it: docs/alerting.md.`;

/** How far back a query has to look so that all that it asks for is there: Grafana wants to know. */
const TIME_RANGE_S = 600;

/** The text of `dashboards/provisioning/alerting/ras.yaml`. */
export function grafanaFile({ recordings, alerts }: Rules, thresholds: Thresholds = THRESHOLDS): string {
  const document = new Document({
    apiVersion: 1,
    groups: [
      {
        orgId: 1,
        name: 'ras-alerts',
        folder: 'RAS',
        interval: '1m',
        rules: alerts.map((alert) => grafanaRule(alert, recordings, thresholds)),
      },
    ],
  });
  document.commentBefore = COMMENT;
  return document.toString({ lineWidth: 0, blockQuote: 'literal' });
}

function grafanaRule(alert: Alert, recordings: readonly Recording[], { runbooks }: Thresholds): object {
  return {
    uid: kebab(alert.name),
    title: alert.name,
    condition: 'threshold',
    data: [
      {
        refId: 'query',
        relativeTimeRange: { from: TIME_RANGE_S, to: 0 },
        datasourceUid: DATASOURCE_UID,
        model: {
          refId: 'query',
          datasource: { type: 'prometheus', uid: DATASOURCE_UID },
          expr: inlined(alert.expr, recordings),
          instant: true,
          range: false,
        },
      },
      expression('found', { type: 'math', expression: 'is_number($query) || is_nan($query) || is_inf($query)' }),
      expression('threshold', {
        type: 'threshold',
        expression: 'found',
        conditions: [{ evaluator: { type: 'gt', params: [0] } }],
      }),
    ],
    noDataState: 'OK',
    execErrState: 'Error',
    missing_series_evals_to_resolve: evaluationsToResolve(alert),
    for: alert.for ?? '0s',
    ...(alert.keepFiringFor !== undefined && { keepFiringFor: alert.keepFiringFor }),
    annotations: Object.fromEntries(
      Object.entries(annotations(alert, runbooks)).map(([name, text]) => [name, grafanaTemplate(text)]),
    ),
    labels: { severity: alert.severity },
    isPaused: false,
  };
}

/**
 * How often a series has to be missing until its alert is resolved, while the rule finds others: `keepFiringFor` does not help
 * there. As long as that, one evaluation a minute; without it, at once and not after two.
 */
function evaluationsToResolve({ keepFiringFor = '0m' }: Alert): number {
  return Number.parseInt(keepFiringFor, 10) + 1;
}

function expression(refId: string, model: object): object {
  const datasource = { type: '__expr__', uid: '__expr__' };
  return { refId, datasourceUid: '__expr__', model: { refId, datasource, ...model } };
}

/** In Grafana `$value` is text about all queries. */
function grafanaTemplate(text: string): string {
  return text.replaceAll('$value', '$values.query.Value');
}

/** `RasConnectionDown` → `ras-connection-down`; Grafana takes up to 40 characters. */
function kebab(name: string): string {
  return name.replaceAll(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}
