/** What backends answer, as far as it is more than yes or no: it is counted, told once, bounded, and repeats no secret. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestExporter } from '../../support/exporter.ts';
import { parseExposition } from '../../support/exposition.ts';
import { connection, FakeRas } from '../../support/fake-ras.ts';
import { type Behaviour, type OtlpBackend, startBackend } from '../../support/otlp-backend.ts';

const SETTLES = { timeout: 15_000, interval: 20 };
const SECRET = 'glc_eyJvIjoiMTIzIn0=';
const TIMES = 4;

let backend: OtlpBackend;
let running: Awaited<ReturnType<typeof startTestExporter>>;
beforeEach(async () => {
  backend = await startBackend();
});
afterEach(async () => {
  await running.exporter.stop(0);
  await backend.close();
});

const start = async (...args: readonly string[]) => {
  const ras = new FakeRas();
  ras.connections = [connection()];
  running = await startTestExporter(ras, ['--otlp.interval=200ms', `--otlp.endpoint=${backend.url}`, ...args]);
};
const counted = async (outcome: string) => {
  const series = parseExposition((await running.get('/metrics')).body);
  return series.get(`ras_exporter_otlp_exports_total{outcome="${outcome}"}`);
};
const lines = () =>
  running.log.lines
    .filter(({ level }) => level !== 'debug')
    .filter(({ message }) => message.startsWith('OTLP push') || message === 'OpenTelemetry')
    .map(({ level, message, fields }) => [level, message, ...Object.values(fields ?? {})].join(' | '));
const everything = () => JSON.stringify(running.log.lines);

/** A protobuf: partial_success { rejected_data_points: 3, error_message: … }. */
function partial(message: string): Buffer {
  const text = Buffer.from(message);
  const inner = Buffer.concat([Buffer.from([0x08, 3, 0x12, text.length]), text]);
  return Buffer.concat([Buffer.from([0x0a, inner.length]), inner]);
}

describe('a backend that takes pushes in part', { timeout: 40_000 }, () => {
  const ways: readonly (readonly [string, () => string | Buffer, readonly string[]])[] = [
    ['http/protobuf', () => partial(`too old ${Math.random()}`), []],
    [
      'http/json',
      () => JSON.stringify({ partialSuccess: { rejectedDataPoints: '3', errorMessage: `too old ${Math.random()}` } }),
      ['--otlp.protocol=http/json'],
    ],
  ];

  it.each(ways)('is counted as such, and heard of when it begins and ends (%s)', async (_, body, args) => {
    backend.behave(() => ({ status: 200, body: body() }));
    await start(...args);
    await expect.poll(() => counted('partial'), SETTLES).toBeGreaterThanOrEqual(TIMES);
    expect(await counted('success')).toBe(0);
    expect(await counted('failure')).toBe(0);
    expect((await running.get('/metrics')).body).toContain('ras_exporter_otlp_last_success_timestamp_seconds 0');
    expect(lines()).toEqual([
      expect.stringMatching(/^warn \| OTLP push is taken in part \| the backend rejected 3 values: too old 0\./),
    ]);
    backend.behave({ status: 200 });
    await expect.poll(() => counted('success'), SETTLES).toBeGreaterThanOrEqual(1);
    expect(lines().slice(1)).toEqual(['info | OTLP push works again']);
  });

  it('is heard of also by those who want to hear nothing of the SDK', async () => {
    backend.behave({ status: 200, body: partial('too old') });
    const args = ['--otlp.interval=200ms', `--otlp.endpoint=${backend.url}`];
    running = await startTestExporter(new FakeRas(), args, true, { OTEL_LOG_LEVEL: 'none' });
    await expect.poll(() => counted('partial'), SETTLES).toBeGreaterThanOrEqual(1);
    expect(lines()).toHaveLength(1);
  });

  it('and rejects nothing takes them whole, whatever else it says', async () => {
    const body = '{"partialSuccess":{"rejectedDataPoints":"0","errorMessage":"come by HTTP/2"}}';
    backend.behave({ status: 200, body });
    await start('--otlp.protocol=http/json');
    await expect.poll(() => counted('success'), SETTLES).toBeGreaterThanOrEqual(2);
    expect(lines().filter((line) => line.includes('come by HTTP/2'))).toHaveLength(1);
    expect(await counted('partial')).toBe(0);
  });
});

describe('who answers yes without speaking OTLP', { timeout: 40_000 }, () => {
  it.each([['http/protobuf'], ['http/json']])('is no backend (%s)', async (protocol) => {
    backend.behave({ status: 200, body: '<!DOCTYPE html><title>Welcome to the hotel</title>' });
    await start(`--otlp.protocol=${protocol}`);
    await expect.poll(() => counted('failure'), SETTLES).toBeGreaterThanOrEqual(TIMES);
    expect(await counted('success')).toBe(0);
    expect(lines()).toEqual([expect.stringMatching(/^warn \| OTLP push failed \| what answers does not speak OTLP/)]);
  });

  it('but JSON, though it was asked in protobuf, is one', async () => {
    backend.behave({ status: 200, body: '{"partialSuccess":{}}' });
    await start();
    await expect.poll(() => counted('success'), SETTLES).toBeGreaterThanOrEqual(2);
    expect(lines()).toEqual(['info | OTLP push works']);
  });
});

describe('a backend that refuses', { timeout: 40_000 }, () => {
  it('is heard of once, though each answer has another id', async () => {
    backend.behave(() => ({ status: 400, body: `request ${Math.random().toString(36)} is wrong` }));
    await start();
    await expect.poll(() => counted('failure'), SETTLES).toBeGreaterThanOrEqual(TIMES);
    expect(lines()).toHaveLength(1);
  });

  it('is heard of again when it refuses for another reason, though it gives none', async () => {
    backend.behave({ status: 401, reason: '' });
    await start();
    await expect.poll(() => lines().length, SETTLES).toBe(1);
    backend.behave({ status: 403, reason: '' });
    await expect
      .poll(() => lines(), SETTLES)
      .toEqual(['warn | OTLP push failed | HTTP 401', 'warn | OTLP push failed | HTTP 403']);
  });

  it('does not say how long the log gets', async () => {
    backend.behave({ status: 400, reason: 'r'.repeat(5000), body: 'x'.repeat(1_000_000) });
    await start('--log.level=debug');
    await expect.poll(() => counted('failure'), SETTLES).toBeGreaterThanOrEqual(TIMES);
    const longest = running.log.lines
      .flatMap(({ fields }) => Object.values(fields ?? {}))
      .map((text) => `${text}`.length);
    expect(Math.max(...longest)).toBeLessThanOrEqual(301);
  });
});

describe('a secret', { timeout: 40_000 }, () => {
  const credentials = Buffer.from('user:open sesame').toString('base64');
  const echoes: readonly (readonly [string, Behaviour])[] = [
    ['as it is', { status: 403, reason: SECRET, body: `Bearer ${SECRET}${' '.repeat(150)}${SECRET}` }],
    ['packed', { status: 403, body: Buffer.from(SECRET).toString('hex') }],
    ['in part', { status: 200, body: partial(`no tenant for ${SECRET.slice(4)}`) }],
    ['in no OTLP answer', { status: 200, body: `<p>${SECRET}</p>` }],
  ];

  it.each(echoes)('is not learnt from the log when a backend repeats it %s', async (_, behaviour) => {
    backend.behave(behaviour);
    await start('--log.level=debug', `--otlp.headers=Authorization=Bearer ${SECRET}`);
    await expect.poll(() => lines().length, SETTLES).toBeGreaterThanOrEqual(1);
    await expect.poll(() => backend.requests.length, SETTLES).toBeGreaterThanOrEqual(2);
    expect(everything()).not.toMatch(/eyJvI|65794a/);
    expect(backend.requests.at(-1)?.headers.authorization).toBe(`Bearer ${SECRET}`);
    for (const path of ['/', '/metrics', '/version', '/health']) {
      expect((await running.get(path)).body).not.toContain(SECRET);
    }
  });

  it('in the query of the endpoint stays out of the log', async () => {
    backend.behave({ status: 404, body: 'nothing at /v1/metrics?api_key=hunter2' });
    await start('--log.level=debug', `--otlp.endpoint=${backend.url}/v1/metrics?api_key=hunter2`);
    await expect.poll(() => lines(), SETTLES).toEqual(['warn | OTLP push failed | HTTP 404 Not Found']);
    expect(backend.requests[0]?.path).toBe('/v1/metrics?api_key=hunter2');
    expect(everything()).not.toContain('hunter2');
  });

  it('of Basic stays out of the log when it comes back decoded', async () => {
    backend.behave({ status: 401, body: 'user: open sesame' });
    await start('--log.level=debug', `--otlp.headers=Authorization=Basic ${credentials}`);
    await expect.poll(() => lines(), SETTLES).toEqual(['warn | OTLP push failed | HTTP 401 Unauthorized']);
    expect(everything()).not.toContain('sesame');
  });
});
