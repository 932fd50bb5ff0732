/** Backends that are dead, slow or refuse: the exporter says so once, counts it, loses nothing else, and finds them again. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestExporter } from '../../support/exporter.ts';
import { parseExposition, type Series } from '../../support/exposition.ts';
import { connection, FakeRas } from '../../support/fake-ras.ts';
import { type Behaviour, type OtlpBackend, startBackend } from '../../support/otlp-backend.ts';
import { freePort } from '../../support/program.ts';

const SETTLES = { timeout: 15_000, interval: 20 };
const FAST = ['--otlp.interval=200ms'];

/** What a scrape of a healthy machine never takes. */
const SLOW_MS = 150;

let backend: OtlpBackend;
let running: Awaited<ReturnType<typeof startTestExporter>>;
let ras: FakeRas;
beforeEach(async () => {
  backend = await startBackend();
  ras = new FakeRas();
  ras.connections = [connection()];
});
afterEach(async () => {
  await running.exporter.stop(0);
  await backend.close();
});

const start = async (...args: readonly string[]) => {
  running = await startTestExporter(ras, [...FAST, `--otlp.endpoint=${backend.url}`, ...args]);
};
const scrape = async (): Promise<Series> => parseExposition((await running.get('/metrics')).body);
const counted = async (outcome: string) =>
  (await scrape()).get(`ras_exporter_otlp_exports_total{outcome="${outcome}"}`) ?? Number.NaN;
/** What the log says of pushes, to those who did not ask for more. */
const said = () =>
  running.log.lines
    .filter(({ level }) => level !== 'debug')
    .filter(({ message }) => message.startsWith('OTLP push') || message === 'OpenTelemetry')
    .map(({ level, message, fields }) => [level, message, ...Object.values(fields ?? {})].join(' | '));

describe('a backend that takes what it gets', () => {
  it('is heard of once in the log, and counted', async () => {
    await start();
    await expect.poll(() => counted('success'), SETTLES).toBeGreaterThanOrEqual(3);
    const series = await scrape();
    expect(series.get('ras_exporter_otlp_exports_total{outcome="failure"}')).toBe(0);
    const age = Date.now() / 1000 - (series.get('ras_exporter_otlp_last_success_timestamp_seconds') ?? 0);
    expect(age).toBeLessThan(5);
    expect(said()).toEqual(['info | OTLP push works']);
  });

  it('sees one connection, however many pushes', async () => {
    await start();
    await expect.poll(() => backend.requests.length, SETTLES).toBeGreaterThanOrEqual(4);
    expect(backend.connections).toBe(1);
    expect(backend.requests.at(-1)?.path).toBe('/v1/metrics');
  });
});

describe('a backend that is in trouble', { timeout: 40_000 }, () => {
  const troubles: readonly (readonly [string, Behaviour, RegExp])[] = [
    ['refuses', { status: 401, body: 'no such token' }, /HTTP 401 Unauthorized: no such token/],
    ['finds fault', { status: 400, body: 'line\none' }, /HTTP 400 Bad Request: line/],
    ['asks to come later', { status: 503 }, /HTTP 429, 502, 503 or 504/],
    ['never answers', 'hang', /no answer in time/],
    ['never ends its answer', 'drip', /no answer in time/],
  ];

  it.each(troubles)('and %s is heard of once, and found again when it is well', async (_, trouble, reason) => {
    backend.behave(trouble);
    await start();
    await expect.poll(() => counted('failure'), SETTLES).toBeGreaterThanOrEqual(4);
    // Scrapes do not notice.
    for (let times = 0; times < 10; times += 1) {
      const began = performance.now();
      expect((await scrape()).get('ras_up')).toBe(1);
      expect(performance.now() - began).toBeLessThan(SLOW_MS);
    }
    const [first, ...more] = said();
    expect(first).toMatch(/^warn \| OTLP push failed \| /);
    expect(first).toMatch(reason);
    expect(more).toEqual([]);
    expect((await scrape()).get('ras_exporter_otlp_last_success_timestamp_seconds')).toBe(0);
    expect(backend.connections).toBeLessThanOrEqual(2);

    backend.behave({ status: 200 });
    await expect.poll(() => counted('success'), SETTLES).toBeGreaterThanOrEqual(2);
    expect(said().at(-1)).toBe('info | OTLP push works again');
  });

  it('and is away is found again where it comes back', async () => {
    const port = await freePort();
    await start(`--otlp.endpoint=http://127.0.0.1:${port}`);
    await expect.poll(() => counted('failure'), SETTLES).toBeGreaterThanOrEqual(3);
    expect(said()).toEqual([`warn | OTLP push failed | connect ECONNREFUSED 127.0.0.1:${port}`]);
    await backend.close();
    backend = await startBackend({ port });
    await expect.poll(() => counted('success'), SETTLES).toBeGreaterThanOrEqual(1);
    await backend.close();
    await expect.poll(() => said().length, SETTLES).toBe(3);
    expect(said().map((line) => line.slice(0, 26))).toEqual([
      'warn | OTLP push failed | ',
      'info | OTLP push works aga',
      'warn | OTLP push failed | ',
    ]);
  });
});

describe('a call into Windows that hangs', { timeout: 40_000 }, () => {
  it('costs a push its deadline, and no other push piles up behind it', async () => {
    ras.hangs.add('RasEnumConnectionsW');
    await start('--scrape.timeout=1s');
    await expect.poll(() => backend.requests.length, SETTLES).toBeGreaterThanOrEqual(3);
    expect(ras.waiting).toBe(1);
    ras.release();
  });
});
