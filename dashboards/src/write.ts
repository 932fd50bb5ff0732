/** `npm run dashboards`: writes the dashboards as Grafana imports them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connection } from './connection.ts';
import { jsonOf } from './dashboard.ts';
import { exporter } from './exporter.ts';
import { fleet } from './fleet.ts';

const folder = join(import.meta.dirname, '..');

/** File in `dashboards` → its text. */
export function dashboardFiles(): Readonly<Record<string, string>> {
  return {
    'fleet.json': jsonOf(fleet()),
    'connection.json': jsonOf(connection()),
    'exporter.json': jsonOf(exporter()),
  };
}

if (process.argv[1] === import.meta.filename) {
  for (const [name, text] of Object.entries(dashboardFiles())) writeFileSync(join(folder, name), text);
}
