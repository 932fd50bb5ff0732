/**
 * `node bench/fleet.ts [MACHINES] [MINUTES] [INTERVAL]`: a real Prometheus scrapes a thousand simulated machines and evaluates all rules for
 * as long as asked for. Prints series per machine and what the query of each rule costs, the dearest first.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Children, loopbackAddress } from '../scripts/children.ts';
import { median } from './measure.ts';

const root = join(import.meta.dirname, '..');

const [machines = '1000', minutes = '18', interval = '15s'] = process.argv.slice(2);

/** Configuration and targets: each machine is a path of one server, with a name of its own. JSON is YAML. */
function configure(folder: string, exporters: string, prometheus: string): string {
  const targets = Array.from({ length: Number(machines) }, (_, index) => ({
    targets: [exporters],
    labels: { __metrics_path__: `/${index}/metrics`, instance: `pc${index}:10600` },
  }));
  writeFileSync(join(folder, 'targets.json'), JSON.stringify(targets));
  const config = {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: '15s' },
    rule_files: [join(root, 'dashboards', 'prometheus', 'ras-*.yaml')],
    scrape_configs: [
      { job_name: 'ras', file_sd_configs: [{ files: [join(folder, 'targets.json')] }] },
      { job_name: 'prometheus', static_configs: [{ targets: [prometheus] }] },
    ],
  };
  const path = join(folder, 'prometheus.yml');
  writeFileSync(path, JSON.stringify(config));
  return path;
}

interface Rule {
  readonly name: string;
  readonly query: string;
  readonly alerts?: readonly unknown[];
}

async function api<T>(prometheus: string, path: string): Promise<T> {
  const response = await fetch(`http://${prometheus}/api/v1/${path}`);
  const { data }: { readonly data: T } = JSON.parse(await response.text());
  return data;
}

async function value(prometheus: string, query: string, time: number): Promise<number> {
  const { result } = await api<{ readonly result: readonly { readonly value: readonly [number, string] }[] }>(
    prometheus,
    `query?${new URLSearchParams({ query, time: String(time) }).toString()}`,
  );
  return Number(result[0]?.value[1]);
}

async function rulesOf(prometheus: string): Promise<Rule[]> {
  const { groups } = await api<{ readonly groups: readonly { readonly rules: readonly Rule[] }[] }>(
    prometheus,
    'rules',
  );
  return groups.flatMap(({ rules }) => rules);
}

const ROUNDS = 7;

/** Milliseconds that a query takes, asked for at a moment at which there was data. */
async function cost(prometheus: string, query: string, time: number): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    await api(prometheus, `query?${new URLSearchParams({ query, time: String(time) }).toString()}`);
    times.push(performance.now() - began);
  }
  return median(times);
}

async function report(prometheus: string, time: number): Promise<string> {
  const costs: { readonly name: string; readonly ms: number; readonly alerts: number }[] = [];
  for (const { name, query, alerts = [] } of await rulesOf(prometheus)) {
    costs.push({ name, alerts: alerts.length, ms: await cost(prometheus, query, time) });
  }
  const rows = costs
    .toSorted((a, b) => b.ms - a.ms)
    .map(({ name, ms, alerts }) => `| ${name} | ${ms.toFixed(1)} ms | ${alerts} |`);
  return `${machines} machines, every ${interval}, for ${minutes} minutes; ${cpus().length} × ${cpus()[0]?.model ?? '?'}

machines up:         ${await value(prometheus, 'sum(up{job="ras"})', time)}
series:              ${await value(prometheus, 'count({job="ras"})', time)}
samples per scrape:  ${await value(prometheus, 'avg(scrape_samples_scraped{job="ras"})', time)}
memory:              ${((await value(prometheus, 'process_resident_memory_bytes{job="prometheus"}', time)) / 1e6).toFixed(0)} MB
all rules:           ${costs.reduce((sum, { ms }) => sum + ms, 0).toFixed(0)} ms

| rule | median of ${ROUNDS} | alerts |
|---|---|---|
${rows.join('\n')}
`;
}

const folder = mkdtempSync(join(tmpdir(), 'ras-fleet-'));
const children = new Children(folder);
const interrupted = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve());
});
try {
  const exporters = await loopbackAddress();
  const prometheus = await loopbackAddress();
  const fleet = await children.start({
    name: 'machines',
    file: process.execPath,
    args: [join(root, 'bench', 'fleet-machines.ts'), exporters.split(':')[1] ?? '', machines],
    ready: `http://${exporters}/ready`,
  });
  await children.start({
    name: 'prometheus',
    file: 'prometheus',
    args: [
      `--config.file=${configure(folder, exporters, prometheus)}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${prometheus}`,
    ],
    ready: `http://${prometheus}/-/ready`,
  });
  process.stderr.write(`Prometheus: http://${prometheus}\n`);
  const measured = sleep(Number(minutes) * 60_000).then(() => {
    const now = Date.now() / 1000;
    // What is measured is Prometheus alone.
    fleet.stop();
    return report(prometheus, now - 1);
  });
  const text = await Promise.race([measured, interrupted]);
  if (text !== undefined) process.stdout.write(text);
} finally {
  await children.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
