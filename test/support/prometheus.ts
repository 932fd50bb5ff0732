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

/** A series that a range query finds, without the times. */
export interface RangeResult {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly number[];
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
  /** A range query, from one Unix time to another in steps of so many seconds. */
  queryRange(promql: string, start: number, end: number, step: number): Promise<readonly RangeResult[]>;
  /** The value of the one series that a query finds; `undefined` when it finds none. */
  value(promql: string): Promise<number | undefined>;
  targets(): Promise<readonly Target[]>;
  /** The log. */
  log(): string;
}

interface PrometheusOptions {
  /** For configuration and data. */
  readonly folder: string;
  /** Job → port of the loopback interface, or several. */
  readonly jobs: Readonly<Record<string, number | readonly number[]>>;
  readonly scrapeInterval: string;
  /** What every job has beside its target: `scheme`, `tls_config`, `basic_auth`. */
  readonly scrape?: Readonly<Record<string, unknown>>;
  /** Default: the one that is installed. */
  readonly program?: string;
  /** Further parts of the configuration: rules, Alertmanager. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Starts it and waits until it is ready. */
export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const { folder, jobs, scrapeInterval, scrape, program: file = 'prometheus', config: further } = options;
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'prometheus.yml');
  // JSON is YAML.
  const scrapeConfigs = Object.entries(jobs).map(([name, ports]) => ({
    ...scrape,
    job_name: name,
    static_configs: [{ targets: [ports].flat().map((port) => `127.0.0.1:${port}`) }],
  }));
  const timing = {
    scrape_interval: scrapeInterval,
    scrape_timeout: scrapeInterval,
    evaluation_interval: scrapeInterval,
  };
  writeFileSync(config, JSON.stringify({ global: timing, scrape_configs: scrapeConfigs, ...further }));
  const address = `127.0.0.1:${await freePort()}`;
  const program = startProgram(file, [
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
    async queryRange(promql, start, end, step) {
      const parameters = { query: promql, start: String(start), end: String(end), step: String(step) };
      const response = await fetch(`${url}/api/v1/query_range?${new URLSearchParams(parameters).toString()}`);
      const answer: RangeAnswer = JSON.parse(await response.text());
      if (answer.status !== 'success') throw new Error(`${promql}: ${answer.error}`);
      return answer.data.result.map(({ metric, values }) => ({
        labels: metric,
        values: values.map(([, value]) => Number(value)),
      }));
    },
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

type RangeAnswer =
  | {
      readonly status: 'success';
      readonly data: {
        readonly result: readonly {
          readonly metric: Readonly<Record<string, string>>;
          readonly values: readonly (readonly [time: number, value: string])[];
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
