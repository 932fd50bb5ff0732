/**
 * `node bench/fleet.ts [MACHINES] [MINUTES] [INTERVAL]`: a real Prometheus scrapes a thousand simulated machines and evaluates all rules for
 * as long as their windows are. Prints series per machine and what each rule costs, the slowest first.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Children, loopbackAddress } from '../scripts/children.ts';

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
  readonly evaluationTime: number;
  readonly health: string;
  readonly alerts?: readonly unknown[];
}

async function api<T>(prometheus: string, path: string): Promise<T> {
  const response = await fetch(`http://${prometheus}/api/v1/${path}`);
  const { data }: { readonly data: T } = JSON.parse(await response.text());
  return data;
}

async function value(prometheus: string, query: string): Promise<number> {
  const { result } = await api<{ readonly result: readonly { readonly value: readonly [number, string] }[] }>(
    prometheus,
    `query?${new URLSearchParams({ query }).toString()}`,
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

async function report(prometheus: string): Promise<string> {
  const worst = new Map<string, Rule>();
  // The cost of a rule is that of several evaluations.
  for (let round = 0; round < 8; round += 1) {
    for (const rule of await rulesOf(prometheus)) {
      if (rule.evaluationTime >= (worst.get(rule.name)?.evaluationTime ?? 0)) worst.set(rule.name, rule);
    }
    await sleep(15_000);
  }
  const rules = [...worst.values()].toSorted((a, b) => b.evaluationTime - a.evaluationTime);
  const rows = rules.map(
    ({ name, evaluationTime, health, alerts = [] }) =>
      `| ${name} | ${(evaluationTime * 1000).toFixed(1)} ms | ${alerts.length} | ${health} |`,
  );
  return `${machines} machines, every ${interval}, for ${minutes} minutes; ${cpus().length} × ${cpus()[0]?.model ?? '?'}

machines up:         ${await value(prometheus, 'sum(up{job="ras"})')}
series:              ${await value(prometheus, 'count({job="ras"})')}
samples per scrape:  ${await value(prometheus, 'avg(scrape_samples_scraped{job="ras"})')}
all rules, a round:  ${(rules.reduce((sum, { evaluationTime }) => sum + evaluationTime, 0) * 1000).toFixed(0)} ms
memory:              ${((await value(prometheus, 'process_resident_memory_bytes{job="prometheus"}')) / 1e6).toFixed(0)} MB

| rule | slowest evaluation | alerts | health |
|---|---|---|---|
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
  await children.start({
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
  const text = await Promise.race([sleep(Number(minutes) * 60_000).then(() => report(prometheus)), interrupted]);
  if (text !== undefined) process.stdout.write(text);
} finally {
  await children.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
