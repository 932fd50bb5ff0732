/** The rules as files that Prometheus loads (`rule_files`). */
import { Document } from 'yaml';
import type { Alert, MetricPath, Recording, Rules } from './rule.ts';
import { THRESHOLDS, type Thresholds } from './thresholds.ts';

/** Says, as a comment, that a file is made. */
export const ORIGIN =
  ' Made by `npm run rules` of dashboards/src/rules; what each is for, and how to change it: docs/alerting.md.';

/** Name of a file in `dashboards/prometheus` → its text. */
export function prometheusFiles({ recordings, alerts }: Rules, { runbooks }: Thresholds = THRESHOLDS): RuleFiles {
  const group = (path: MetricPath) =>
    alerts.filter((alert) => alert.path === path).map((alert) => alertingRule(alert, runbooks));
  return {
    'ras-recording.yaml': ruleFile(' What the alerts are made of: load it with them.', {
      name: 'ras-recording',
      rules: recordings.map(recordingRule),
    }),
    'ras-alerts.yaml': ruleFile(' Alerts on RAS connections, however their metrics arrive.', {
      name: 'ras-alerts',
      rules: group('any'),
    }),
    'ras-alerts-scrape.yaml': ruleFile(' For exporters that Prometheus scrapes.', {
      name: 'ras-alerts-scrape',
      rules: group('scrape'),
    }),
    'ras-alerts-push.yaml': ruleFile(' For exporters that send their metrics (OTLP).', {
      name: 'ras-alerts-push',
      rules: group('push'),
    }),
  };
}

export type RuleFiles = Readonly<Record<`ras-${string}.yaml`, string>>;

interface Group {
  readonly name: string;
  readonly rules: readonly object[];
}

function ruleFile(purpose: string, group: Group): string {
  const document = new Document({ groups: [group] });
  document.commentBefore = `${purpose}\n${ORIGIN}`;
  return document.toString({ lineWidth: 0, blockQuote: 'literal' });
}

function recordingRule({ record, expr }: Recording): object {
  return { record, expr };
}

function alertingRule(alert: Alert, runbooks: string): object {
  return {
    alert: alert.name,
    expr: alert.expr,
    ...(alert.for !== undefined && { for: alert.for }),
    ...(alert.keepFiringFor !== undefined && { keep_firing_for: alert.keepFiringFor }),
    labels: { severity: alert.severity },
    annotations: annotations(alert, runbooks),
  };
}

/** What people read of an alert. */
export function annotations({ name, summary, description }: Alert, runbooks: string): Readonly<Record<string, string>> {
  return { summary, description, runbook_url: `${runbooks}/${name}.md` };
}
