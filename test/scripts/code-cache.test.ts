/** The bundle as it is started: with its code cache, without one, and with one that must not be used. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { bundle, recordCache } from '../../scripts/bundle.ts';
import { APP, CACHE } from '../../scripts/code-cache.ts';
import { get } from '../support/exporter.ts';
import { type Ended, endPrograms, startProgram } from '../support/program.ts';

/** What pushes over OTLP. */
const OTLP = ['otlp-grpc.cjs', 'otlp.cjs'];

const preload = resolve(import.meta.dirname, '../support/report-cache.cjs');

const base = mkdtempSync(join(tmpdir(), 'ras-cache-'));
const made = join(base, 'made');
const folder = join(base, 'folder');
const report = join(base, 'report');
const cache = join(folder, CACHE);

beforeAll(async () => {
  await bundle(made);
  await recordCache(made);
});
afterAll(() => rmSync(base, { recursive: true }));

beforeEach(() => cpSync(made, folder, { recursive: true }));
afterEach(async () => {
  await endPrograms();
  rmSync(folder, { recursive: true });
  rmSync(report, { force: true });
});

function start(args: readonly string[], node: readonly string[] = []) {
  const command = [...node, '-r', preload, join(folder, 'ras_exporter.cjs'), ...args];
  return startProgram(process.execPath, command, { env: { CACHE_REPORT: report } });
}

/** Starts the exporter, scrapes it, and tells it to stop. */
async function serve(node: readonly string[] = []): Promise<{ cache: string; metrics: string; ended: Ended }> {
  const program = start(['--web.listen-address=127.0.0.1:0'], node);
  const port = await vi.waitFor(
    () => {
      const found = /msg=Listening address=127\.0\.0\.1:(?<port>\d+)/.exec(program.stderr());
      if (found === null) throw new Error(`it does not listen: ${program.stderr()}`);
      return found.groups?.port;
    },
    { timeout: 10_000, interval: 20 },
  );
  const { body } = await get(`http://127.0.0.1:${port}/metrics`);
  program.kill('SIGTERM');
  return { cache: readFileSync(report, 'utf8'), metrics: body, ended: await program.ended };
}

test('the recorded cache is accepted by the Node.js that recorded it, and the exporter serves and stops', async () => {
  const served = await serve();
  expect(served.cache).toBe('accepted');
  expect(served.metrics).toContain('\nras_up 1\n');
  expect(served.ended).toMatchObject({ exitCode: 0, signal: null });
});

test('recording leaves nothing else behind', () => {
  expect(readdirSync(folder).toSorted()).toEqual([CACHE, APP, ...OTLP, 'ras_exporter.cjs']);
});

describe('it serves and stops all the same', () => {
  async function expectToServe(offered: string, node: readonly string[] = []): Promise<void> {
    const served = await serve(node);
    expect(served.cache).toBe(offered);
    expect(served.metrics).toContain('\nras_up 1\n');
    expect(served.ended).toMatchObject({ exitCode: 0, signal: null });
    expect(served.ended.stderr).not.toContain('cache');
  }

  test('without a cache', async () => {
    rmSync(cache);
    await expectToServe('none');
  });

  test.for([0, 1, 4, 5, 1000])('with a cache that was cut off after %i bytes', async (bytes) => {
    truncateSync(cache, bytes);
    await expectToServe('none');
  });

  test('with a cache that lacks its last byte', async () => {
    truncateSync(cache, readFileSync(cache).length - 1);
    await expectToServe('none');
  });

  test.for([0, 0.3, 0.6, 0.9, 1])('with a cache of which one bit is wrong, at %d of its length', async (part) => {
    const bytes = readFileSync(cache);
    const at = Math.floor(part * (bytes.length - 1));
    bytes.writeUInt8(bytes.readUInt8(at) ^ 0x10, at);
    writeFileSync(cache, bytes);
    await expectToServe('none');
  });

  test('when V8 rejects the cache because it was started with other flags', async () => {
    await expectToServe('rejected', ['--max-old-space-size=200']);
  });
});

test('a cache of other code of the same length is not run', async () => {
  const app = readFileSync(join(folder, APP), 'utf8');
  const { version } = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../package.json'), 'utf8'));
  const other = version.replaceAll(/\d/g, '7');
  writeFileSync(join(folder, APP), app.replaceAll(version, other));
  expect((await start(['--version']).ended).stdout).toContain(other);
  expect(readFileSync(report, 'utf8')).toBe('none');
});

test.for([
  { args: ['--version'], exitCode: 0, printed: /^ras_exporter \d/ },
  { args: ['check'], exitCode: 0, printed: /^collector connections: complete/m },
  { args: ['--no-such-flag'], exitCode: 2, printed: /^ras_exporter: .*--no-such-flag/ },
])('$args prints and ends as the sources do', async ({ args, exitCode, printed }) => {
  const ended = await start(args).ended;
  expect(ended.exitCode).toBe(exitCode);
  expect(ended.stdout + ended.stderr).toMatch(printed);
  expect(readFileSync(report, 'utf8')).toBe('accepted');
});

test('the code requires nothing but modules of Node.js and the files beside it', () => {
  const code = [APP, ...OTLP, 'ras_exporter.cjs'].map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
  const required = [...code.matchAll(/\brequire\(\s*([^)]*)\)/g)].map(([, argument]) => argument);
  expect(required.length).toBeGreaterThan(0);
  const foreign = required.filter((argument) => !isBuiltin(argument?.replaceAll('"', '') ?? ''));
  expect(new Set(foreign)).toEqual(new Set(['"./koffi.node"', ...OTLP.map((file) => `"./${file}"`)]));
});

test('the code is ASCII, since it is read as Latin-1', () => {
  expect(readFileSync(join(folder, APP)).every((byte) => byte < 0x80)).toBe(true);
});
