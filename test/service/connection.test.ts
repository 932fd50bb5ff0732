/** A process as a service, over a service control manager that does what the tests say. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Control, connectService, type ServiceConnection } from '../../src/service/connection.ts';
import { behave, buildDouble, DoubleScript, directive } from '../support/double.ts';
import { isMissing } from '../support/requirements.ts';

const folder = mkdtempSync(join(tmpdir(), 'ras-connection-'));
afterAll(() => rmSync(folder, { recursive: true }));

const control = (code: number) => directive('control', { code });

describe.skipIf(isMissing('gcc', 'stdio.h'))('a process as a service', () => {
  let path: string;
  let double: DoubleScript;
  let connection: ServiceConnection | undefined;
  let controls: Control[];
  let tests = 0;

  beforeAll(async () => {
    path = await buildDouble('linux', [], 'advapi32');
  });
  beforeEach(() => {
    tests += 1;
    double = new DoubleScript(join(folder, String(tests)));
    Object.assign(process.env, double.env.linux);
    controls = [];
    connection = undefined;
  });
  afterEach(async () => {
    double.play();
    if (connection === undefined) return;
    const stopped = () =>
      connection?.report({ state: 'stopped', exitCode: 0 }).then(
        () => true,
        () => false,
      );
    await expect.poll(stopped).toBe(true);
    // Its thread is free.
    await expect.poll(() => calls('StartServiceCtrlDispatcherW')).toHaveLength(1);
  });

  async function connect(): Promise<ServiceConnection> {
    connection = await connectService((told) => controls.push(told), { path });
    return connection;
  }

  const calls = (name: string) => double.readCalls().filter((call) => call.function === name);
  const statuses = () => calls('SetServiceStatus').map((call) => Object.fromEntries(call.arguments));

  it('names itself, and takes the dispatcher as long as it runs', async () => {
    const service = await connect();
    await service.report({ state: 'running' });
    expect(calls('RegisterServiceCtrlHandlerExW')[0]?.arguments.get('service')).toBe('ras_exporter');
    expect(calls('StartServiceCtrlDispatcherW')).toEqual([]);
    await service.report({ state: 'stopped', exitCode: 0 });
    connection = undefined;
    await expect.poll(() => calls('StartServiceCtrlDispatcherW')).toHaveLength(1);
    const [dispatched] = calls('StartServiceCtrlDispatcherW');
    expect(Object.fromEntries(dispatched?.arguments ?? [])).toMatchObject({ service: 'ras_exporter', end: '1' });
  });

  it('says where it is, and takes controls only when it runs', async () => {
    const service = await connect();
    await service.report({ state: 'start_pending' });
    await service.report({ state: 'running' });
    await service.report({ state: 'stopped', exitCode: 2 });
    const one = { handle: '0x77', type: '0x10' };
    expect(statuses()).toMatchObject([
      { ...one, state: '2', accepted: '0x0', code: '0', specific: '0', checkpoint: '1', hint: '30000' },
      // SERVICE_ACCEPT_STOP, SERVICE_ACCEPT_SHUTDOWN.
      { ...one, state: '4', accepted: '0x5', code: '0', specific: '0', checkpoint: '0', hint: '0' },
      // ERROR_SERVICE_SPECIFIC_ERROR.
      { ...one, state: '1', accepted: '0x0', code: '1066', specific: '2', checkpoint: '0', hint: '0' },
    ]);
  });

  it.each([
    [1, 'stop'],
    [5, 'shutdown'],
  ])('told %d has begun to stop when its handler returns, and is told to %s once', async (code, told) => {
    const service = await connect();
    await service.report({ state: 'running' });
    double.play(control(code));
    await expect.poll(() => controls).toEqual([told]);
    await expect.poll(() => calls('Handler')).toHaveLength(1);
    expect(Object.fromEntries(calls('Handler')[0]?.arguments ?? [])).toMatchObject({ answer: '0', state: '3' });
    expect(statuses().at(-1)).toMatchObject({ state: '3', accepted: '0x0', hint: '6000' });
  });

  it('answers when it is asked how it is, and to controls that it does not know', async () => {
    const service = await connect();
    await service.report({ state: 'running' });
    // SERVICE_CONTROL_INTERROGATE, SERVICE_CONTROL_PAUSE, one of a user's own; ERROR_CALL_NOT_IMPLEMENTED.
    double.play(control(4), control(2), control(200));
    await expect.poll(() => calls('Handler').map((call) => call.arguments.get('answer'))).toEqual(['0', '120', '120']);
    expect(controls).toEqual([]);
    expect(statuses()).toHaveLength(1);
  });

  it('that was started by hand is told so', async () => {
    double.play(behave({ function: 'StartServiceCtrlDispatcherW', returns: 1063 }));
    await expect(connect()).rejects.toMatchObject({ name: 'CallError', code: 1063 });
  });

  it('goes on when the service control manager does not answer', async () => {
    const service = await connect();
    double.play(behave({ function: 'SetServiceStatus', hang: true }));
    await expect(service.report({ state: 'running' }, 200)).rejects.toThrow(
      'SetServiceStatus has not returned within 0.2 s',
    );
    await expect(service.report({ state: 'stopped', exitCode: 0 }, 200)).rejects.toThrow(
      'SetServiceStatus was not called',
    );
    double.play();
    await expect.poll(() => statuses().map(({ state }) => state)).toContain('4');
  });
});
