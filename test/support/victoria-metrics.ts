/**
 * A real backend that takes OTLP: VictoriaMetrics, from a newer Debian than this one may be (OTLP came with 1.8x, Prometheus'
 * names with 1.112). The package is fetched once, and unpacked in `build`: nothing is installed.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, vi } from 'vitest';
import { buildOnce } from '../../scripts/build-once.ts';
import { freePort, startProgram } from './program.ts';
import type { QueryResult } from './prometheus.ts';

const SUITE = 'trixie';
const FETCH_TIMEOUT_MS = 120_000;

/** The program, or why there is none. Never fetched in CI, which is to depend on no other suite. */
export async function findVictoriaMetrics(): Promise<{ readonly program: string } | { readonly missing: string }> {
  const folder = resolve(import.meta.dirname, '../../build/victoria-metrics', SUITE);
  const program = join(folder, 'root/usr/bin/victoria-metrics');
  if (existsSync(program)) return { program };
  if (process.env.CI === 'true') return { missing: 'VictoriaMetrics is not fetched in CI' };
  try {
    await buildOnce(folder, fetchPackage);
    return { program };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const reason = text.split('\n').find((line) => line.startsWith('E: ')) ?? text.slice(0, 300);
    return { missing: `VictoriaMetrics cannot be fetched from Debian ${SUITE}: ${reason}` };
  }
}

/** With lists, status and cache of its own, apt leaves those of the machine alone. */
async function fetchPackage(draft: string): Promise<void> {
  const state = join(draft, 'apt');
  for (const folder of ['lists/partial', 'cache/archives/partial'])
    await mkdir(join(state, folder), { recursive: true });
  writeFileSync(join(state, 'status'), '');
  writeFileSync(
    join(state, 'suite.sources'),
    `Types: deb\nURIs: ${debianMirror()}\nSuites: ${SUITE}\nComponents: main\nSigned-By: /usr/share/keyrings/debian-archive-keyring.gpg\n`,
  );
  const settings = {
    'Dir::State': state,
    'Dir::State::lists': join(state, 'lists'),
    'Dir::State::status': join(state, 'status'),
    'Dir::Cache': join(state, 'cache'),
    'Dir::Etc::sourcelist': join(state, 'suite.sources'),
    'Dir::Etc::sourceparts': '/dev/null',
    'APT::Sandbox::User': 'root',
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const run = (file: string, args: readonly string[]) =>
    promisify(execFile)(file, args, { cwd: draft, timeout: FETCH_TIMEOUT_MS });
  await run('apt-get', [...options, 'update', '--error-on=any']);
  await run('apt-get', [...options, 'download', 'victoria-metrics']);
  const file = readdirSync(draft).find((name) => name.endsWith('.deb'));
  if (file === undefined) throw new Error('apt-get brought no package');
  await run('dpkg-deb', ['-x', file, 'root']);
}

/** Where this machine gets its own packages. */
function debianMirror(): string {
  for (const file of ['/etc/apt/sources.list.d/debian.sources', '/etc/apt/sources.list']) {
    const found = existsSync(file)
      ? /^[^#\n]*?(?<uri>https?:\/\/\S+\/debian)(?=[\s/])/m.exec(readFileSync(file, 'utf8'))
      : null;
    if (found?.groups?.uri !== undefined) return found.groups.uri;
  }
  return 'http://deb.debian.org/debian';
}

/** A sample with its time. */
export interface StoredSample extends QueryResult {
  /** Milliseconds of Unix time. */
  readonly time: number;
}

export interface VictoriaMetrics {
  /** What `--otlp.endpoint` is set to. */
  readonly otlpEndpoint: string;
  /** The last sample of every series that matches. */
  last(selector: string): Promise<readonly StoredSample[]>;
  /** The values that an instant query finds. */
  query(promql: string): Promise<readonly number[]>;
}

/** Starts it on the loopback interface and waits until it is ready. */
export async function startVictoriaMetrics(program: string, folder: string): Promise<VictoriaMetrics> {
  mkdirSync(folder, { recursive: true });
  const address = `127.0.0.1:${await freePort()}`;
  startProgram(program, [
    `-httpListenAddr=${address}`,
    `-storageDataPath=${join(folder, 'data')}`,
    '-opentelemetry.usePrometheusNaming',
    '-search.latencyOffset=1s',
  ]);
  const url = `http://${address}`;
  await vi.waitFor(async () => expect((await fetch(`${url}/health`)).status).toBe(200), {
    timeout: 20_000,
    interval: 100,
  });
  return {
    otlpEndpoint: `${url}/opentelemetry`,
    async query(promql) {
      const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: promql }).toString()}`);
      const { data }: QueryAnswer = JSON.parse(await response.text());
      return data.result.map(({ value }) => Number(value[1]));
    },
    async last(selector) {
      // What has not been written to disk yet is not found otherwise.
      await fetch(`${url}/internal/force_flush`);
      const response = await fetch(`${url}/api/v1/export?${new URLSearchParams({ 'match[]': selector }).toString()}`);
      const lines = (await response.text()).split('\n').filter((line) => line !== '');
      return lines.map((line) => {
        const { metric, values, timestamps }: ExportedSeries = JSON.parse(line);
        return { labels: metric, value: values.at(-1) ?? Number.NaN, time: timestamps.at(-1) ?? 0 };
      });
    },
  };
}

interface QueryAnswer {
  readonly data: { readonly result: readonly { readonly value: readonly [time: number, value: string] }[] };
}

interface ExportedSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly number[];
  readonly timestamps: readonly number[];
}
