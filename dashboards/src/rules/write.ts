/** `npm run rules`: writes the rule files of Prometheus and the alerts of Grafana. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { grafanaFile } from './grafana.ts';
import { prometheusFiles } from './prometheus.ts';
import { rules } from './rules.ts';

const dashboards = join(import.meta.dirname, '..', '..');
const prometheus = join(dashboards, 'prometheus');
const alerting = join(dashboards, 'provisioning', 'alerting');

for (const folder of [prometheus, alerting]) mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries(prometheusFiles(rules()))) writeFileSync(join(prometheus, name), text);
writeFileSync(join(alerting, 'ras.yaml'), grafanaFile(rules()));
