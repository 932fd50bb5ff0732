/** When snapshots are taken and sent, and in how many messages. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../../src/config/command-line.ts';
import { resolveConfig } from '../../../src/config/config.ts';
import { type Family, gauge } from '../../../src/metrics/metric.ts';
import { type Push, preparePush } from '../../../src/outputs/otlp/push.ts';
import type { TakeSnapshot } from '../../../src/outputs/otlp/snapshots.ts';
import { startGrpcBackend } from '../../support/grpc-backend.ts';
import { memoryLog } from '../../support/memory-log.ts';
import { type OtlpBackend, startBackend } from '../../support/otlp-backend.ts';

const SETTLES = { timeout: 15_000, interval: 20 };
const metric = gauge('ras_test', { help: 'Test.', labels: ['name'] });
const family = (...names: readonly string[]): Family =>
  metric.family(names.map((name) => metric.series({ name }).at(1)));

let backend: OtlpBackend;
let push: Push | undefined;
let log: ReturnType<typeof memoryLog>;
beforeEach(async () => {
  backend = await startBackend();
  log = memoryLog();
});
afterEach(async () => {
  await push?.stop(50);
  await backend.close();
});

async function start(snapshot: TakeSnapshot, args: readonly string[], snapshotTimeout = () => 10_000): Promise<Push> {
  const invocation = parseCommandLine([`--otlp.endpoint=${backend.url}`, '--otlp.protocol=http/json', ...args]);
  const config = invocation.command === 'print' ? undefined : resolveConfig(invocation.flags, {}).otlp;
  if (config === undefined) throw new Error('nothing is to be pushed');
  const begin = await preparePush(config);
  push = begin({ snapshot, snapshotTimeout, hostId: undefined, log });
  return push;
}

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const bodies = () => backend.requests.map(({ body }) => body.toString());

/** All that answers within `timeout`: a part at once, the rest only after `slow` milliseconds. */
const slowly =
  (slow: number): TakeSnapshot =>
  async (timeout) => {
    await wait(Math.min(slow, timeout));
    return [timeout < slow ? family('part') : family('part', 'rest')];
  };

describe('a snapshot', { timeout: 30_000 }, () => {
  it('that takes longer than the interval is waited for, and the pushes meanwhile are left out', async () => {
    await start(slowly(500), ['--otlp.interval=100ms']);
    await expect.poll(() => bodies().length, SETTLES).toBeGreaterThanOrEqual(2);
    for (const body of bodies()) expect(body).toContain('"rest"');
  });

  it('has the time that is configured now', async () => {
    const timeouts: number[] = [];
    let configured = 5000;
    const snapshot: TakeSnapshot = (timeout) => {
      timeouts.push(timeout);
      return Promise.resolve([family('a')]);
    };
    await start(snapshot, ['--otlp.interval=100ms'], () => configured);
    await expect.poll(() => timeouts, SETTLES).toContain(5000);
    configured = 3000;
    await expect.poll(() => timeouts, SETTLES).toContain(3000);
  });

  it('of any size arrives over gRPC, in messages that every server takes, and counts as one push', async () => {
    const grpc = await startGrpcBackend();
    // 9000 values with 1.2 kB of text each.
    const names = Array.from({ length: 9000 }, (_, index) => `${index}-`.padEnd(1200, 'x'));
    const started = await start(
      () => Promise.resolve([family(...names), family('last')]),
      ['--otlp.protocol=grpc', `--otlp.endpoint=http://127.0.0.1:${grpc.port}`, '--otlp.interval=1h'],
    );
    await expect.poll(() => log.lines.at(-1)?.message, SETTLES).toBe('OTLP push works');
    expect(grpc.pushes.map(({ body }) => body.length < 4 * 2 ** 20)).toEqual([true, true, true, true, true]);
    const sent = grpc.pushes.map(({ body }) => body.toString().match(/\d+-x{1000}/g)?.length ?? 0);
    expect(sent).toEqual([2000, 2000, 2000, 2000, 1000]);
    expect(grpc.pushes.at(-1)?.body.includes('last')).toBe(true);
    const exports = started.families()[0]?.samples.map(({ value }) => value);
    expect(exports).toEqual([1, 0, 0]);
    grpc.close();
  });
});

describe('a stop', { timeout: 30_000 }, () => {
  it('cuts a snapshot that hangs, and sends what there is of it', async () => {
    const started = await start(slowly(60_000), ['--otlp.interval=1h'], () => 60_000);
    const began = performance.now();
    await started.stop(2000);
    expect(performance.now() - began).toBeLessThan(2000);
    expect(bodies().at(-1)).toContain('"part"');
    expect(log.lines.map(({ message }) => message)).not.toContain('The last OTLP push was not over in time');
  });

  it('does not wait for a backend that wants to be asked again later, but sends the last state', async () => {
    backend.behave({ status: 503, headers: { 'retry-after': '5' } });
    let state = 'first';
    const started = await start(() => Promise.resolve([family(state)]), ['--otlp.interval=1h']);
    await expect.poll(() => bodies().length, SETTLES).toBe(1);
    backend.behave({ status: 200 });
    state = 'last';
    const began = performance.now();
    await started.stop(2000);
    expect(performance.now() - began).toBeLessThan(2000);
    expect(bodies()).toHaveLength(2);
    expect(bodies()[1]).toContain('"last"');
  });

  it('leaves a push that goes well alone', async () => {
    const started = await start(() => Promise.resolve([family('a')]), ['--otlp.interval=1h']);
    await started.stop(2000);
    expect(bodies().length).toBeGreaterThanOrEqual(1);
    expect(log.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });
});
