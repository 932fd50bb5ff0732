/**
 * `npm run demo`: the exporter with a scenario in which something goes wrong every few minutes, Prometheus with the rules, and
 * Alertmanager, all on the loopback interface. Ctrl+C ends everything and leaves nothing behind.
 *
 * Prometheus and Alertmanager are the programs of Debian's packages; compose.yaml does the same with Docker, and with Grafana.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { isInstalled } from './programs.ts';

const root = join(import.meta.dirname, '..');
const configurations = join(root, 'dashboards', 'prometheus');

/** Program → Debian package. */
const NEEDED = { prometheus: 'prometheus', 'prometheus-alertmanager': 'prometheus-alertmanager' } as const;

/** So that something is to be seen soon. */
const INTERVAL = '5s';

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;

/** The three, by the port that each has when it is free. */
const PORTS = { exporter: 10600, prometheus: 9090, alertmanager: 9093 } as const;

type Addresses = Readonly<Record<keyof typeof PORTS, string>>;

interface Part {
  readonly name: keyof typeof PORTS;
  readonly file: string;
  readonly args: readonly string[];
  /** Answers 200 when it works. */
  readonly ready: string;
}

function parts(folder: string, at: Addresses): readonly Part[] {
  return [
    {
      name: 'exporter',
      file: process.execPath,
      args: [
        join(root, 'src', 'main.ts'),
        '--ras.api=simulated',
        `--simulation.scenario=${join(root, 'scenarios', 'demo.yaml')}`,
        `--web.listen-address=${at.exporter}`,
      ],
      ready: `http://${at.exporter}/-/ready`,
    },
    {
      name: 'alertmanager',
      file: 'prometheus-alertmanager',
      args: [
        `--config.file=${join(configurations, 'alertmanager.yaml')}`,
        `--storage.path=${join(folder, 'alertmanager')}`,
        `--web.listen-address=${at.alertmanager}`,
        // It would listen for others of its kind on every interface.
        '--cluster.listen-address=',
      ],
      ready: `http://${at.alertmanager}/-/ready`,
    },
    {
      name: 'prometheus',
      file: 'prometheus',
      args: [
        `--config.file=${writePrometheusConfig(folder, at)}`,
        `--storage.tsdb.path=${join(folder, 'prometheus')}`,
        `--web.listen-address=${at.prometheus}`,
      ],
      ready: `http://${at.prometheus}/-/ready`,
    },
  ];
}

/** The example configuration, with the addresses of the demo. JSON is YAML. */
function writePrometheusConfig(folder: string, at: Addresses): string {
  const example: PrometheusConfig = parse(readFileSync(join(configurations, 'prometheus.yaml'), 'utf8'));
  const path = join(folder, 'prometheus.yml');
  const config: PrometheusConfig = {
    global: { scrape_interval: INTERVAL, evaluation_interval: INTERVAL },
    rule_files: example.rule_files.map((name) => join(configurations, name)),
    alerting: { alertmanagers: [{ static_configs: [{ targets: [at.alertmanager] }] }] },
    scrape_configs: example.scrape_configs.map((job) => ({ ...job, static_configs: [{ targets: [at.exporter] }] })),
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}

interface PrometheusConfig {
  readonly global: Readonly<Record<string, string>>;
  readonly rule_files: readonly string[];
  readonly alerting: object;
  readonly scrape_configs: readonly object[];
}

/** The wanted port of the loopback interface, or a free one. */
async function address(port: number): Promise<string> {
  const server = createServer();
  for (const wanted of [port, 0]) {
    try {
      server.listen(wanted, '127.0.0.1');
      await once(server, 'listening');
      break;
    } catch {
      // Taken.
    }
  }
  const found = server.address();
  server.close();
  await once(server, 'close');
  if (typeof found !== 'object' || found === null) throw new Error('no port is free');
  return `127.0.0.1:${found.port}`;
}

/** Its output goes to a file, which is shown when it fails. */
function start({ name, file, args }: Part, folder: string): ChildProcess {
  const log = openSync(join(folder, `${name}.log`), 'w');
  // A group of its own: Ctrl+C reaches us only, and we end it in order.
  return spawn(file, args, { cwd: folder, detached: true, stdio: ['ignore', log, log] });
}

async function waitUntilReady({ name, ready }: Part, child: ChildProcess, folder: string): Promise<void> {
  const end = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < end && child.exitCode === null && child.signalCode === null) {
    const status = await fetch(ready).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200) return;
    await sleep(100);
  }
  throw new Error(`${name} does not start:\n${readFileSync(join(folder, `${name}.log`), 'utf8').slice(-2000)}`);
}

async function stop(children: readonly ChildProcess[]): Promise<void> {
  const running = children.filter((child) => child.exitCode === null && child.signalCode === null);
  const ended = Promise.all(running.map((child) => once(child, 'exit')));
  for (const child of running) child.kill('SIGTERM');
  const late = sleep(STOP_TIMEOUT_MS, 'late', { ref: false });
  if ((await Promise.race([ended, late])) === 'late') for (const child of running) child.kill('SIGKILL');
  await ended;
}

function help(at: Addresses): string {
  return `
Exporter      http://${at.exporter}/metrics
Prometheus    http://${at.prometheus}/alerts
Alertmanager  http://${at.alertmanager}/

The connections of this machine are made up (scenarios/demo.yaml). Alerts to come:
  after  3 minutes  RasNetworkFailing, RasAuthenticationFailing, RasCertificateFailing, RasConnectionFlapping
  after  6 minutes  RasConnectionDown
  after  8 minutes  RasManyConnectionsDown, which holds back RasConnectionDown of the sites; resolved after 20
  after 10 minutes  RasDialSlow, RasLinkErrors
  after 15 minutes  RasConnectionNoTraffic

Ctrl+C ends everything.
`;
}

async function main(): Promise<void> {
  const missing = Object.entries(NEEDED).filter(([program]) => !isInstalled(program));
  if (missing.length > 0) {
    const packages = missing.map(([, name]) => name).join(' ');
    throw new Error(`needs Debian's ${packages}: sudo apt-get install ${packages}, or scripts/install-packages.sh`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'ras-demo-'));
  const children: ChildProcess[] = [];
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
  try {
    const at: Addresses = {
      exporter: await address(PORTS.exporter),
      prometheus: await address(PORTS.prometheus),
      alertmanager: await address(PORTS.alertmanager),
    };
    const running = Promise.all(
      parts(folder, at).map(async (part) => {
        const child = start(part, folder);
        children.push(child);
        const failed = once(child, 'exit').then(() => {
          throw new Error(
            `${part.name} has ended:\n${readFileSync(join(folder, `${part.name}.log`), 'utf8').slice(-2000)}`,
          );
        });
        await Promise.race([waitUntilReady(part, child, folder), failed]);
        return () => failed;
      }),
    );
    const ready = await Promise.race([running, interrupted]);
    if (ready === undefined) return;
    process.stdout.write(help(at));
    await Promise.race([interrupted, ...ready.map((failed) => failed())]);
  } finally {
    await stop(children);
    rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
