/** Ten thousand scrapes in a row, and a thousand while a call hangs: nothing grows, everything is answered. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ExporterProcess, startExporterProcess } from '../support/exporter-process.ts';
import { parseExposition, seriesOf } from '../support/exposition.ts';
import { endPrograms } from '../support/program.ts';

const OPENMETRICS = 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5';
/** What scrapers of all kinds send. */
const CLIENTS = [
  {},
  { 'Accept-Encoding': 'gzip' },
  { Accept: OPENMETRICS },
  { Accept: OPENMETRICS, 'Accept-Encoding': 'gzip' },
];

/**
 * Lets a test collect garbage in the exporter: what is left then is held by somebody. On each SIGUSR2 the process prints the
 * bytes that it holds. Loaded beside the product, which knows nothing of it.
 */
const MEASURE_ON_SIGNAL = `data:text/javascript,${encodeURIComponent(`
  process.on('SIGUSR2', async () => {
    // What is outside the heap is let go some time after the first collection.
    for (let i = 0; i < 5; i += 1) {
      globalThis.gc();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const { heapUsed, external } = process.memoryUsage();
    process.stdout.write('held ' + (heapUsed + external) + '\\n');
  });
`)}`;

/** Compiled code comes and goes with the load, by megabytes: without it what is held is what the product holds. */
const MEASURABLE = ['--expose-gc', '--no-opt', '--no-flush-bytecode', `--import=${MEASURE_ON_SIGNAL}`];

/** Eight thousand scrapes that each leave 128 bytes behind grow to this. */
const HELD_MORE = 1_000_000;
/** Not exact: neither the heap nor the C library gives back all that is free. What zlib leaves behind is far more. */
const RESIDENT_MORE = 64_000_000;

/** Ten connections; each fails and returns several times a second, out of step with the others. */
const RESTLESS = `
entries:
  - name: Branch {n}
    count: 10
    stagger: 37ms
    timeline:
      - { state: connecting, for: 40ms }
      - { state: authenticating, for: 40ms }
      - { state: connected, for: 60ms }
      - { state: failed, error: 829, for: 40ms }
      - { state: failed, error: 809, for: 40ms }
      - { state: disconnected, for: 30ms }
`;

/** Long enough for a thousand scrapes on a busy machine. */
const HANGING = `
entries: [{ name: Office, timeline: [{ state: connected }], repeat: false }]
api: [{ function: RasGetConnectStatusW, from: 3s, for: 12s, hang: true }]
`;

/** For those who do not want to wait for a call that hangs. */
const IMPATIENT = { 'X-Prometheus-Scrape-Timeout-Seconds': '1' };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ras-soak-'));
});
let agent: Agent;
beforeEach(() => {
  agent = new Agent({ keepAlive: true, maxSockets: 4 });
});
afterEach(async () => {
  agent.destroy();
  await endPrograms();
});
afterAll(() => rmSync(folder, { recursive: true }));

function scenario(yaml: string): string {
  const path = join(folder, 'scenario.yaml');
  writeFileSync(path, yaml);
  return `--simulation.scenario=${path}`;
}

/** One scrape over a connection that stays open. */
function scrape(url: string, headers: Record<string, string> = {}): Promise<{ body: string; tookMs: number }> {
  const began = performance.now();
  return new Promise((done, fail) => {
    const sent = request(`${url}/metrics`, { agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', fail);
      response.once('end', () => {
        const raw = Buffer.concat(chunks);
        const body = (response.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw).toString();
        if (response.statusCode === 200) done({ body, tookMs: performance.now() - began });
        else fail(new Error(`${response.statusCode}: ${body}`));
      });
    });
    sent.once('error', fail).end();
  });
}

/** Scrapes `count` times, by four clients at once, and hands every answer to `see`. */
async function scrapeOften(url: string, count: number, see: (body: string, tookMs: number) => void): Promise<void> {
  let left = count;
  const client = async () => {
    while (left > 0) {
      left -= 1;
      const { body, tookMs } = await scrape(url, CLIENTS[left % CLIENTS.length]);
      see(body, tookMs);
    }
  };
  await Promise.all([client(), client(), client(), client()]);
}

/** Bytes that the exporter holds once all garbage is gone. */
async function heldBytes(exporter: ExporterProcess): Promise<number> {
  const measured = exporter.stdout().length;
  exporter.kill('SIGUSR2');
  const line = () => /held (?<bytes>\d+)\n/.exec(exporter.stdout().slice(measured))?.groups?.bytes;
  await expect.poll(line, { timeout: 10_000 }).toBeDefined();
  return Number(line());
}

/** What the exporter says about itself, and how often its connections have failed. */
async function own(url: string) {
  const series = parseExposition((await scrape(url)).body);
  const failures = Object.values(seriesOf(series, 'ras_connection_failures_total'));
  return {
    fds: series.get('process_open_fds') ?? Number.NaN,
    resident: series.get('process_resident_memory_bytes') ?? Number.NaN,
    failures: failures.reduce((sum, count) => sum + count, 0),
  };
}

describe('an exporter that is scraped very often', { timeout: 120_000 }, () => {
  it('holds no more after 10,000 scrapes than after 2,000', async () => {
    const exporter = await startExporterProcess([scenario(RESTLESS)], { node: MEASURABLE });
    let complete = 0;
    const see = (body: string) => {
      if (body.includes('\nras_up 1\n') && body.includes('nodejs_version_info{')) complete += 1;
    };
    await scrapeOften(exporter.url, 2000, see);
    const early = { ...(await own(exporter.url)), held: await heldBytes(exporter) };
    await scrapeOften(exporter.url, 8000, see);
    const late = { ...(await own(exporter.url)), held: await heldBytes(exporter) };

    expect(complete).toBe(10_000);
    expect(late.failures).toBeGreaterThan(early.failures);
    expect(late.held - early.held).toBeLessThan(HELD_MORE);
    expect(late.resident - early.resident).toBeLessThan(RESIDENT_MORE);
    // The four connections are those of before.
    expect(late.fds).toBeLessThanOrEqual(early.fds);
  });
});

describe('an exporter whose call into Windows hangs', { timeout: 60_000 }, () => {
  it('answers a thousand scrapes at once, and tells everything again when the call has returned', async () => {
    const exporter = await startExporterProcess([scenario(HANGING)]);
    const connected = 'ras_connection_up{entry="Office",phonebook="all_users"}';
    const timedOut = 'ras_exporter_collector_timeout{collector="connections"}';
    const value = async (name: string) => parseExposition((await scrape(exporter.url, IMPATIENT)).body).get(name);
    expect(await value(connected)).toBe(1);
    await expect.poll(() => value(timedOut), { timeout: 10_000, interval: 200 }).toBe(1);

    const answers: { up: number | undefined; timedOut: number | undefined; calls: number; tookMs: number }[] = [];
    await scrapeOften(exporter.url, 1000, (body, tookMs) => {
      const series = parseExposition(body);
      const calls = Object.values(seriesOf(series, 'ras_api_calls_total')).reduce((sum, count) => sum + count, 0);
      answers.push({ up: series.get('ras_up'), timedOut: series.get(timedOut), calls, tookMs });
    });
    expect(answers).toHaveLength(1000);
    // No call was made for any of them, and none waited for the deadline, which is 9.5 s.
    expect(new Set(answers.map((answer) => `${answer.up} ${answer.timedOut}`))).toEqual(new Set(['0 1']));
    expect(new Set(answers.map(({ calls }) => calls)).size).toBe(1);
    expect(Math.max(...answers.map(({ tookMs }) => tookMs))).toBeLessThan(5000);

    await expect.poll(() => value(connected), { timeout: 30_000, interval: 200 }).toBe(1);
    expect(await value(timedOut)).toBe(0);
    expect(await value('ras_up')).toBe(1);
  });
});
