/** The end of the process: with code 0 and in time, whatever a call into Windows is doing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { behave, buildDouble, connection, type Directive, DoubleScript } from '../support/double.ts';
import { get } from '../support/exporter.ts';
import { parseExposition } from '../support/exposition.ts';
import { isMissing } from '../support/requirements.ts';

const entryPoint = resolve(import.meta.dirname, '../support/serve-double.ts');
const folder = mkdtempSync(join(tmpdir(), 'ras-stop-'));
afterAll(() => rmSync(folder, { recursive: true }));

const office = connection({ handle: 1n, entry: 'Office' });
const hangs = behave({ function: 'RasEnumConnectionsW', hang: true });

/** Two errors that nobody catches. */
const CRASH_ON_SIGNAL =
  'data:text/javascript,process.on("SIGUSR2",()=>{setTimeout(()=>{throw new Error("nor this")});throw new Error("nobody catches this")})';

/** What the interface promises. */
const STOP_WITHIN_MS = 5000;

describe.skipIf(isMissing('gcc', 'stdio.h'))('an exporter that is told to stop', () => {
  let library: string;
  let double: DoubleScript;
  let program: ReturnType<typeof spawn>;
  let log: string;
  let tests = 0;

  beforeAll(async () => {
    library = await buildDouble('linux');
  });
  beforeEach(() => {
    tests += 1;
    double = new DoubleScript(join(folder, String(tests)));
  });
  afterEach(() => {
    program.kill('SIGKILL');
  });

  /** Starts it; returns its URL. */
  async function start(flags: readonly string[], ...script: readonly Directive[]): Promise<string> {
    double.play(...script);
    log = '';
    program = spawn(
      process.execPath,
      ['--import', CRASH_ON_SIGNAL, entryPoint, library, '--web.listen-address=127.0.0.1:0', ...flags],
      {
        env: { ...process.env, ...double.env.linux },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    program.stderr?.on('data', (text) => {
      log += String(text);
    });
    const address = () => /msg=Listening address=(?<address>\S+)/.exec(log)?.groups?.address;
    await expect.poll(address, { timeout: 10_000 }).toBeDefined();
    return `http://${address()}`;
  }

  /** Sends a signal; exit code and how long it took. */
  async function stop(signal: NodeJS.Signals) {
    const ended = once(program, 'exit');
    const asked = performance.now();
    program.kill(signal);
    const [exitCode] = await ended;
    return { exitCode, tookMs: performance.now() - asked };
  }

  async function scrape(url: string) {
    return parseExposition((await get(`${url}/metrics`)).body);
  }

  it.each(['SIGTERM', 'SIGINT'] as const)('by %s ends with code 0, and says so', async (signal) => {
    const url = await start([], office);
    expect((await scrape(url)).get('ras_up')).toBe(1);
    const { exitCode, tookMs } = await stop(signal);
    expect(exitCode).toBe(0);
    expect(tookMs).toBeLessThan(STOP_WITHIN_MS);
    expect(log).toContain(`msg=Stopping signal=${signal}`);
  });

  it('ends with code 0 while a call hangs that nobody waits for any more', async () => {
    const url = await start(['--scrape.timeout=500ms'], office, hangs);
    expect((await scrape(url)).get('ras_up')).toBe(0);
    const { exitCode, tookMs } = await stop('SIGTERM');
    expect(exitCode).toBe(0);
    expect(tookMs).toBeLessThan(STOP_WITHIN_MS);
  });

  it('ends with code 0 while a scrape still waits for a call that hangs', async () => {
    const url = await start(['--scrape.timeout=60s'], office, hangs);
    const cut = expect(get(`${url}/metrics`)).rejects.toThrow();
    await expect.poll(() => double.readCalls().length).toBe(1);
    const { exitCode, tookMs } = await stop('SIGTERM');
    expect(exitCode).toBe(0);
    expect(tookMs).toBeLessThan(STOP_WITHIN_MS);
    await cut;
  });

  it('lets a scrape that is under way end', async () => {
    const slow = behave({ function: 'RasEnumConnectionsW', delayMs: 1000 });
    const url = await start([], office, slow);
    const answer = scrape(url);
    // The call stands in the log only when it has returned.
    await new Promise((done) => setTimeout(done, 300));
    const { exitCode } = await stop('SIGTERM');
    expect(exitCode).toBe(0);
    expect((await answer).get('ras_up')).toBe(1);
  });

  it('by an error that nobody catches ends with code 1 while a call hangs, and says why', async () => {
    const url = await start(['--scrape.timeout=500ms'], office, hangs);
    expect((await scrape(url)).get('ras_up')).toBe(0);
    expect((await stop('SIGUSR2')).exitCode).toBe(1);
    expect(log).toMatch(/^ras_exporter: Error: nobody catches this/m);
  });

  it('by an error that nobody catches says why in its log, too', async () => {
    const file = join(folder, 'crash.log');
    double.play(office);
    log = '';
    program = spawn(
      process.execPath,
      ['--import', CRASH_ON_SIGNAL, entryPoint, library, '--web.listen-address=127.0.0.1:0', `--log.file=${file}`],
      {
        env: { ...process.env, ...double.env.linux },
        stdio: 'ignore',
      },
    );
    const written = () => (existsSync(file) ? readFileSync(file, 'utf8') : '');
    await expect.poll(written, { timeout: 10_000 }).toContain('msg=Listening');
    expect((await stop('SIGUSR2')).exitCode).toBe(1);
    expect(written()).toMatch(/ level=error msg=Crashed err="nobody catches this" stack="Error: nobody catches this/);
  });
});
