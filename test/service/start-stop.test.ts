/** `service start` and `service stop` over a service control manager that answers what the tests say, call by call. */
import { beforeEach, describe, expect, it } from 'vitest';
import { CallError } from '../../src/ras/call-errors.ts';
import type { ServiceState } from '../../src/ras/service-manager.ts';
import { manageService, type ServiceAction } from '../../src/service/manage/command.ts';
import type { ServiceFunction } from '../../src/service/manage/prototypes.ts';
import { type ProcessStatus, ServiceControl } from '../../src/service/manage/service-control.ts';
import { shownCommandLine } from '../../src/service/manage/status.ts';

const PID = 4711;

/** A service with a state that changes when it is looked at, and functions that are refused. */
class Scripted extends ServiceControl {
  readonly calls: ServiceFunction[] = [];
  /** The states of the coming looks; the last one stays. */
  states: ServiceState[] = ['running'];
  /** Error codes of the coming calls of a function; 0 is none. */
  refusals: Partial<Record<ServiceFunction, number[]>> = {};
  exitCode = 0;

  override async call(name: ServiceFunction): Promise<bigint> {
    this.calls.push(name);
    const code = this.refusals[name]?.shift() ?? 0;
    if (code !== 0) throw new CallError(name, code);
    return 1n;
  }

  override async status(): Promise<ProcessStatus> {
    const [state = 'absent', ...rest] = this.states;
    if (rest.length > 0) this.states = rest;
    return { state, pid: state === 'stopped' ? 0 : PID, exitCode: this.exitCode, specificCode: 0 };
  }
}

let control: Scripted;
beforeEach(() => {
  control = new Scripted({ path: '/nowhere/advapi32.dll', changeTimeout: 300 });
});

async function run(action: ServiceAction): Promise<string> {
  const order = { action, flags: {}, account: undefined, start: undefined };
  return (await manageService(control, order, ['node.exe', 'ras_exporter.cjs'], {})).text;
}

describe('a service that is to stop', () => {
  it('while somebody else has just stopped it has stopped', async () => {
    control.states = ['running', 'stop_pending', 'stopped'];
    control.refusals = { ControlService: [1061] };
    expect(await run('stop')).toBe('The service ras_exporter has stopped.\n');
  });

  it('and takes no controls is named with its process, at once', async () => {
    control.refusals = { ControlService: [1061] };
    await expect(run('stop')).rejects.toThrow(/does not stop: it is in state running.*taskkill \/F \/PID 4711/);
  });

  it('and does not is named with its process', async () => {
    control.states = ['running', 'stop_pending'];
    await expect(run('stop')).rejects.toThrow(/is in state stop_pending \(process 4711\); taskkill \/F \/PID 4711/);
  });

  it('before it is removed may be stopped by somebody else', async () => {
    control.states = ['running', 'stop_pending', 'stopped'];
    control.refusals = { ControlService: [1061], OpenServiceW: [0, 1060] };
    expect(await run('uninstall').catch(String)).not.toMatch(/1061|does not stop/);
    expect(control.calls).toContain('DeleteService');
  });

  it.each([
    [1052, /does not know what it was told/],
    [1053, /did not answer in time/],
    [1055, /has locked the list of services/],
    [1115, /Windows is being shut down/],
  ])('refused with %d says what that is', async (code, message) => {
    control.refusals = { ControlService: [code] };
    await expect(run('stop')).rejects.toThrow(message);
  });
});

describe('a service that is to start', () => {
  it('while it is being stopped is started when it has', async () => {
    control.states = ['stop_pending', 'stopped', 'start_pending', 'running'];
    control.refusals = { StartServiceW: [1056, 0] };
    expect(await run('start')).toBe('The service ras_exporter is running (process 4711).\n');
    expect(control.calls.filter((name) => name === 'StartServiceW')).toHaveLength(2);
  });

  it('and runs is left alone', async () => {
    control.refusals = { StartServiceW: [1056] };
    expect(await run('start')).toBe('The service ras_exporter is running already (process 4711).\n');
    expect(control.calls.filter((name) => name === 'StartServiceW')).toHaveLength(1);
  });

  it('and is stopped by somebody has no error', async () => {
    control.states = ['start_pending', 'stopped'];
    await expect(run('start')).rejects.toThrow('the service was stopped while it started, or soon after');
  });
});

describe('a command line that is shown', () => {
  it.each([
    ['--otlp.headers=Authorization=hush', '--otlp.headers=<secret>'],
    ['--otlp.headers "Authorization=Bearer hush"', '--otlp.headers <secret>'],
    [
      '--otlp.endpoint https://me:hush@otlp.example.com/?key=hush',
      '--otlp.endpoint https://<secret>@otlp.example.com/?<secret>',
    ],
    ['--no.such.flag=https://me:hush@example.com/', '--no.such.flag=https://<secret>@example.com/'],
    ['--log.level --otlp.headers=hush', '--log.level --otlp.headers=<secret>'],
    ['--web.enable-lifecycle plain', '--web.enable-lifecycle plain'],
  ])('keeps the secrets of %s', (args, shown) => {
    expect(shownCommandLine(`"C:\\node.exe" x service run ${args}`)).toBe(`"C:\\node.exe" x service run ${shown}`);
  });
});
