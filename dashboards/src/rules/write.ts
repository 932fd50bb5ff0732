/** `npm run rules`: writes the rule files of Prometheus, the same for its operator, and the alerts of Grafana. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { grafanaFile } from './grafana.ts';
import { prometheusRule } from './kubernetes.ts';
import { prometheusFiles } from './prometheus.ts';
import { rules } from './rules.ts';

const dashboards = join(import.meta.dirname, '..', '..');
const prometheus = join(dashboards, 'prometheus');
const alerting = join(dashboards, 'provisioning', 'alerting');
const operator = join(dashboards, '..', 'deploy', 'kubernetes', 'prometheus-operator');

for (const folder of [prometheus, alerting, operator]) mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(prometheusFiles(rules()))) writeFileSync(join(prometheus, name), text);
writeFileSync(join(alerting, 'ras.yaml'), grafanaFile(rules()));
writeFileSync(join(operator, 'prometheusrule.yaml'), prometheusRule(rules()));
