/**
 * `npm run demo`: the exporter with a scenario in which something goes wrong every few minutes, Prometheus with the rules, and
 * Alertmanager, all on the loopback interface. Ctrl+C ends everything and leaves nothing behind.
 *
 * Prometheus and Alertmanager are the programs of Debian's packages; compose.yaml does the same with Docker, and with Grafana.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Children, loopbackAddress, type Start } from './children.ts';
import { isInstalled } from './programs.ts';

const root = join(import.meta.dirname, '..');
const configurations = join(root, 'dashboards', 'prometheus');

/** Program → Debian package. */
const NEEDED = { prometheus: 'prometheus', 'prometheus-alertmanager': 'prometheus-alertmanager' } as const;

/** So that something is to be seen soon. */
const INTERVAL = '5s';

/** The three, by the port that each has when it is free. */
const PORTS = { exporter: 10600, prometheus: 9090, alertmanager: 9093 } as const;

type Addresses = Readonly<Record<keyof typeof PORTS, string>>;

function parts(folder: string, at: Addresses): readonly Start[] {
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
        // Alerts with a longer `for` go on where they were when it is restarted.
        '--rules.alert.for-grace-period=2m',
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

function help(at: Addresses): string {
  return `
Exporter      http://${at.exporter}/metrics
Prometheus    http://${at.prometheus}/alerts
Alertmanager  http://${at.alertmanager}/

The connections of this machine are made up (scenarios/demo.yaml). Alerts to come:
  at once           RasLinkErrors
  after  3 minutes  RasConnectionFlapping
  after  8 minutes  RasNetworkFailing, RasAuthenticationFailing, RasCertificateFailing, RasConnectionDown
  after 10 minutes  RasDialSlow
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
  const children = new Children(folder);
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
  try {
    const at: Addresses = {
      exporter: await loopbackAddress(PORTS.exporter),
      prometheus: await loopbackAddress(PORTS.prometheus),
      alertmanager: await loopbackAddress(PORTS.alertmanager),
    };
    const starting = Promise.all(parts(folder, at).map((part) => children.start(part)));
    const running = await Promise.race([starting, interrupted]);
    if (running === undefined) return;
    process.stdout.write(help(at));
    await Promise.race([interrupted, ...running.map(({ failed }) => failed)]);
  } finally {
    await children.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
