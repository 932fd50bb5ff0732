/** A service from its start to its end, on Linux, over a service control manager and an event log that do what the tests say. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { behave, buildDouble, type Directive, DoubleScript, directive } from '../support/double.ts';
import { endPrograms, type Program, startProgram } from '../support/program.ts';
import { isMissing } from '../support/requirements.ts';

const entryPoint = resolve(import.meta.dirname, '../support/run-service.ts');
const folder = mkdtempSync(join(tmpdir(), 'ras-service-run-'));
afterAll(() => rmSync(folder, { recursive: true }));

const STOP = directive('control', { code: 1 });
const POLL = { timeout: 15_000 };

describe.skipIf(isMissing('gcc', 'stdio.h'))('a service', { timeout: 40_000 }, () => {
  let library: string;
  let double: DoubleScript;
  let tests = 0;

  beforeAll(async () => {
    library = await buildDouble('linux', [], 'advapi32');
  });
  beforeEach(() => {
    tests += 1;
    double = new DoubleScript(join(folder, String(tests)));
  });
  afterEach(endPrograms);

  function start(
    flags: readonly string[],
    env: Readonly<Record<string, string>>,
    ...script: readonly Directive[]
  ): Program {
    double.play(...script);
    const args = ['--web.listen-address=127.0.0.1:0', '--ras.api=simulated', '--log.file=stderr'];
    return startProgram(process.execPath, [entryPoint, library, ...args, ...flags], {
      env: { ...double.env.linux, UV_THREADPOOL_SIZE: '8', ...env },
    });
  }

  const calls = (name: string) => double.readCalls().filter((call) => call.function === name);
  const statuses = () => calls('SetServiceStatus').map((call) => Object.fromEntries(call.arguments));
  const records = () =>
    calls('ReportEventW').map((call) => Buffer.from(call.arguments.get('text') ?? '', 'hex').toString('utf16le'));
  const isRunning = () => expect.poll(() => statuses().map(({ state }) => state), POLL).toContain('4');

  it('that is told to stop ends when who told it so has its answer', async () => {
    const service = start([], {});
    await isRunning();
    double.play(STOP, behave({ function: 'Handler', delayMs: 150 }));
    expect((await service.ended).exitCode).toBe(0);
    expect(statuses().at(-1)).toMatchObject({ state: '1', code: '0' });
    expect(calls('StartServiceCtrlDispatcherW')).toHaveLength(1);
  });

  it('that crashes while it stops is not to be started again', async () => {
    const service = start([], { CRASH_ON_STOP: '1' });
    await isRunning();
    double.play(STOP);
    expect((await service.ended).exitCode).toBe(1);
    expect(records()).toEqual([expect.stringMatching(/^msg=Crashed err="nobody catches this"/)]);
    expect(statuses().at(-1)).toMatchObject({ state: '1', code: '1066', specific: '1' });
  });

  it('that cannot start says so to an event log and a service control manager that are slow', async () => {
    const slow = [
      behave({ function: 'ReportEventW', delayMs: 1500 }),
      behave({ function: 'SetServiceStatus', handle: 1n, delayMs: 1500 }),
    ];
    const service = start(['--log.level=loud'], {}, ...slow);
    expect((await service.ended).exitCode).toBe(2);
    expect(records()).toEqual([expect.stringMatching(/^msg="Cannot start" err="--log\.level/)]);
    expect(statuses().at(-1)).toMatchObject({ state: '1', code: '1066', specific: '2' });
  });

  it('that ends before it listens has failed', async () => {
    const service = start(['--version'], {});
    expect((await service.ended).exitCode).toBe(1);
    expect(records()).toEqual([expect.stringMatching(/^msg="Cannot start" err=.*before it listened/)]);
    expect(statuses().at(-1)).toMatchObject({ state: '1', code: '1066', specific: '1' });
  });

  it('whose controls cannot be handled says so, and ends', async () => {
    const service = start([], {}, behave({ function: 'RegisterServiceCtrlHandlerExW', returns: 1060 }));
    expect((await service.ended).exitCode).toBe(1);
    expect(records()).toEqual([expect.stringMatching(/^msg="Cannot start" err=.*RegisterServiceCtrlHandlerExW/)]);
  });

  it('waits for an address that is not there yet, and tells that it goes on', async () => {
    // 192.0.2.0/24 is for documentation.
    const service = start(['--web.listen-address=192.0.2.1:0'], {});
    await expect.poll(() => statuses().map(({ checkpoint }) => checkpoint), POLL).toEqual(['1', '2', '3']);
    expect(statuses().every(({ state }) => state === '2')).toBe(true);
    expect(service.stderr().match(/msg="Waiting for an address"/g)).toHaveLength(1);
  });

  it.each(['1', '0', 'abc'])('with %s threads says so instead of hanging', async (size) => {
    const service = start([], { UV_THREADPOOL_SIZE: size });
    expect((await service.ended).exitCode).toBe(1);
    expect(records()).toEqual([expect.stringMatching(/^msg="Cannot start" err="UV_THREADPOOL_SIZE must be a number/)]);
    expect(calls('StartServiceCtrlDispatcherW')).toEqual([]);
  });

  it('with few threads says so, and runs', async () => {
    const service = start([], { UV_THREADPOOL_SIZE: '3' });
    await isRunning();
    await expect.poll(service.stderr, POLL).toMatch(/UV_THREADPOOL_SIZE is too small.*threads=3/);
  });
});
