/** A real Prometheus server on the loopback interface, with data of its own. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { freePort, startProgram } from './program.ts';

/** Labels, `__name__` among them, and the value. */
export interface QueryResult {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A target as the server sees it. */
export interface Target {
  readonly job: string;
  readonly health: string;
  readonly lastError: string;
}

export interface Prometheus {
  /** An instant query. */
  query(promql: string): Promise<readonly QueryResult[]>;
  /** The value of the one series that a query finds; `undefined` when it finds none. */
  value(promql: string): Promise<number | undefined>;
  targets(): Promise<readonly Target[]>;
  /** The log. */
  log(): string;
}

interface PrometheusOptions {
  /** For configuration and data. */
  readonly folder: string;
  /** Job → port of the loopback interface. */
  readonly jobs: Readonly<Record<string, number>>;
  readonly scrapeInterval: string;
  /** Further parts of the configuration: rules, Alertmanager. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Starts it and waits until it is ready. */
export async function startPrometheus({
  folder,
  jobs,
  scrapeInterval,
  config: further,
}: PrometheusOptions): Promise<Prometheus> {
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'prometheus.yml');
  // JSON is YAML.
  const scrapeConfigs = Object.entries(jobs).map(([name, port]) => ({
    job_name: name,
    static_configs: [{ targets: [`127.0.0.1:${port}`] }],
  }));
  const timing = {
    scrape_interval: scrapeInterval,
    scrape_timeout: scrapeInterval,
    evaluation_interval: scrapeInterval,
  };
  writeFileSync(config, JSON.stringify({ global: timing, scrape_configs: scrapeConfigs, ...further }));
  const address = `127.0.0.1:${await freePort()}`;
  const program = startProgram('prometheus', [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=${address}`,
  ]);
  const url = `http://${address}`;
  await vi.waitFor(async () => expect((await fetch(`${url}/-/ready`)).status).toBe(200), {
    timeout: 20_000,
    interval: 100,
  });

  const query = async (promql: string) => {
    const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: promql }).toString()}`);
    const answer: QueryAnswer = JSON.parse(await response.text());
    if (answer.status !== 'success') throw new Error(`${promql}: ${answer.error}`);
    return answer.data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
  };
  return {
    query,
    async value(promql) {
      const [first, second] = await query(promql);
      if (second !== undefined) throw new Error(`more than one series: ${promql}`);
      return first?.value;
    },
    async targets() {
      const answer: TargetsAnswer = JSON.parse(await (await fetch(`${url}/api/v1/targets`)).text());
      return answer.data.activeTargets.map(({ labels, health, lastError }) => ({ job: labels.job, health, lastError }));
    },
    log: () => program.stderr(),
  };
}

type QueryAnswer =
  | {
      readonly status: 'success';
      readonly data: {
        readonly result: readonly {
          readonly metric: Readonly<Record<string, string>>;
          readonly value: readonly [time: number, value: string];
        }[];
      };
    }
  | { readonly status: 'error'; readonly error: string };

interface TargetsAnswer {
  readonly data: {
    readonly activeTargets: readonly {
      readonly labels: { readonly job: string };
      readonly health: string;
      readonly lastError: string;
    }[];
  };
}
