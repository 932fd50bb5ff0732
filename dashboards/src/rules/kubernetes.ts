/** The rules as an object of the Prometheus Operator, which loads them as Prometheus does its files. */
import { Document, parse } from 'yaml';
import { ORIGIN, prometheusFiles, type RuleFiles } from './prometheus.ts';
import type { Rules } from './rule.ts';

/** What belongs to exporters that are scraped, as those in a cluster are. */
const FILES = ['ras-recording.yaml', 'ras-alerts.yaml', 'ras-alerts-scrape.yaml'] as const;

/** The text of `deploy/kubernetes/prometheus-operator/prometheusrule.yaml`. */
export function prometheusRule(rules: Rules): string {
  const files: RuleFiles = prometheusFiles(rules);
  const groups = FILES.flatMap((name) => {
    const file: { readonly groups: readonly object[] } = parse(files[name] ?? '');
    return file.groups;
  });
  const document = new Document({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: {
      name: 'ras-exporter',
      namespace: 'ras-exporter',
      labels: { 'app.kubernetes.io/name': 'ras-exporter' },
    },
    spec: { groups },
  });
  document.commentBefore = ` The rules of dashboards/prometheus for exporters that are scraped.\n${ORIGIN}`;
  return document.toString({ lineWidth: 0, blockQuote: 'literal' });
}
