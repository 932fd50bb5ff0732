/** `service install` over a service control manager that keeps account: all of it is done, or nothing stays. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FlagValues } from '../../src/config/settings.ts';
import { manageService } from '../../src/service/manage/command.ts';
import { placeWarnings } from '../../src/service/manage/plan.ts';
import { ServiceControl } from '../../src/service/manage/service-control.ts';
import { behave, buildDouble, type Directive, type DoubleCall, DoubleScript } from '../support/double.ts';
import { handlesOf, service } from '../support/double-services.ts';
import { isMissing } from '../support/requirements.ts';

const folder = mkdtempSync(join(tmpdir(), 'ras-install-'));
afterAll(() => rmSync(folder, { recursive: true }));

const PROGRAM = [
  'C:\\Program Files\\ras_exporter\\node.exe',
  'C:\\Program Files\\ras_exporter\\ras_exporter.cjs',
] as const;
const SYSTEM = { ProgramFiles: 'C:\\Program Files', SystemRoot: 'C:\\Windows' };

const decoded = (call: DoubleCall | undefined, key: string) =>
  Buffer.from(call?.arguments.get(key) ?? '', 'hex').toString('utf16le');

describe.skipIf(isMissing('gcc', 'stdio.h'))('service install', () => {
  let library: string;
  let double: DoubleScript;
  let control: ServiceControl;
  let tests = 0;

  beforeAll(async () => {
    library = await buildDouble('linux', [], 'advapi32');
  });
  beforeEach(() => {
    tests += 1;
    double = new DoubleScript(join(folder, String(tests)));
    Object.assign(process.env, double.env.linux);
    control = new ServiceControl({ path: library, callTimeout: 1000, changeTimeout: 300 });
  });
  afterEach(async () => {
    double.play();
    await expect.poll(() => control.hanging).toBe(false);
  });

  const order = (flags: FlagValues = {}) =>
    ({ action: 'install', flags, account: undefined, start: undefined }) as const;

  async function install(flags: FlagValues = {}, ...script: readonly Directive[]) {
    double.play(...script);
    return manageService(control, order(flags), PROGRAM, SYSTEM);
  }

  const calls = (name: string) => double.readCalls().filter((call) => call.function === name);

  it('makes the service as it shall be', async () => {
    const { text, exitCode } = await install({ 'web.listen-address': [':9999'], 'web.enable-lifecycle': ['true'] });
    expect(exitCode).toBe(0);
    const [created] = calls('CreateServiceW');
    // SERVICE_CHANGE_CONFIG, SERVICE_START, DELETE; a process of its own; automatic; no group, no dependency, no password.
    expect(Object.fromEntries(created?.arguments ?? [])).toMatchObject({
      access: '0x10012',
      type: '0x10',
      start: '2',
      errors: '1',
      none: '1',
      service: 'ras_exporter',
    });
    expect(decoded(created, 'account')).toBe('LocalSystem');
    const line =
      '"C:\\Program Files\\ras_exporter\\node.exe" "C:\\Program Files\\ras_exporter\\ras_exporter.cjs" service run --web.listen-address=:9999 --web.enable-lifecycle';
    expect(decoded(created, 'path')).toBe(line);
    expect(text).toContain(line);
    expect(text).not.toContain('Warning');
  });

  it('has it restarted after a crash, started late, and left with two privileges', async () => {
    await install();
    const levels = Object.fromEntries(
      calls('ChangeServiceConfig2W').map((call) => [call.arguments.get('level'), call]),
    );
    expect(Object.keys(levels)).toEqual(['1', '2', '3', '5', '6']);
    expect(decoded(levels[1], 'text')).toMatch(/^Metrics of Windows Remote Access/);
    expect(Object.fromEntries(levels[2]?.arguments ?? [])).toMatchObject({
      reset: '86400',
      none: '1',
      // Restarts (1), and nothing (0) for the fourth and all after it.
      actions: '1,60000,1,60000,1,60000,0,0',
    });
    expect(levels[3]?.arguments.get('value')).toBe('1');
    expect(levels[5]?.arguments.get('value')).toBe('1');
    expect(decoded(levels[6], 'text').trimEnd()).toBe('SeChangeNotifyPrivilege\nSeImpersonatePrivilege');
  });

  it('gives it an environment, and a source in the event log', async () => {
    await install();
    expect(calls('RegCreateKeyExW').map((call) => decoded(call, 'text'))).toEqual([
      'SYSTEM\\CurrentControlSet\\Services\\ras_exporter',
      'SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\ras_exporter',
    ]);
    expect(calls('RegSetValueExW').map((call) => [decoded(call, 'text'), call.arguments.get('type')])).toEqual([
      ['Environment', '7'],
      ['EventMessageFile', '2'],
      ['TypesSupported', '4'],
    ]);
    const [environment, file, types] = calls('RegSetValueExW');
    expect(decoded(environment, 'data')).toBe(
      'UV_THREADPOOL_SIZE=8\0NODE_OPTIONS=\0OPENSSL_CONF=\0NODE_COMPILE_CACHE=\0NODE_ICU_DATA=\0NODE_PATH=\0' +
        'NODE_REDIRECT_WARNINGS=\0NODE_TLS_REJECT_UNAUTHORIZED=\0NODE_V8_COVERAGE=\0\0',
    );
    expect(decoded(file, 'data')).toBe('%SystemRoot%\\System32\\EventCreate.exe\0');
    expect(types?.arguments.get('data')).toBe('07000000');
  });

  it.each([
    ['the description', behave({ function: 'ChangeServiceConfig2W', handle: 1n, returns: 5 }), 0],
    ['the privileges', behave({ function: 'ChangeServiceConfig2W', handle: 6n, returns: 5 }), 0],
    ['the environment', behave({ function: 'RegSetValueExW', handle: 7n, returns: 5 }), 0],
    ['the event source', behave({ function: 'RegSetValueExW', handle: 4n, returns: 5 }), 1],
  ])('takes all back when %s cannot be set', async (_, problem, sources) => {
    await expect(install({}, problem)).rejects.toThrow(/access is denied: run it from an elevated prompt/);
    expect(calls('DeleteService')).toHaveLength(1);
    expect(calls('RegDeleteKeyExW')).toHaveLength(sources);
    expect(calls('RegCloseKey')).toHaveLength(calls('RegCreateKeyExW').length);
    const { opened, closed } = handlesOf(double.readCalls());
    expect(closed.toSorted()).toEqual(opened.toSorted());
  });

  it('says what stays behind when even that fails', async () => {
    const problems = [
      behave({ function: 'ChangeServiceConfig2W', handle: 2n, returns: 8 }),
      behave({ function: 'DeleteService', returns: 5 }),
    ];
    await expect(install({}, ...problems)).rejects.toThrow(/could not be undone.*service uninstall does that/);
  });

  it('leaves out what Windows does not know, and says so', async () => {
    const { text } = await install({}, behave({ function: 'ChangeServiceConfig2W', handle: 5n, returns: 124 }));
    expect(text).toContain('Warning: this Windows has no such setting of services: SID of the service');
    expect(calls('DeleteService')).toEqual([]);
  });

  it.each([
    [5, /run it from an elevated prompt/],
    [1073, /there is a service ras_exporter already: remove it first/],
    [1072, /is being removed: close what still shows it/],
  ])('refused with %d says what to do', async (code, message) => {
    await expect(install({}, behave({ function: 'CreateServiceW', returns: code }))).rejects.toThrow(message);
    expect(calls('ChangeServiceConfig2W')).toEqual([]);
    expect(calls('DeleteService')).toEqual([]);
  });

  it('ends with a message when a call does not return', async () => {
    const hanging = install({}, behave({ function: 'CreateServiceW', hang: true }));
    await expect(hanging).rejects.toThrow(
      /^CreateServiceW has not returned within 1\.0 s; the service may be made later all the same/,
    );
    expect(control.hanging).toBe(true);
  });

  it.each([
    [{ 'log.level': ['loud'] }, /--log\.level must be one of/],
    [{ 'config.file': ['/nowhere/ras.yml'] }, /\/nowhere\/ras\.yml/],
    [{ 'collectors.enabled': ['vpn'] }, /vpn/],
  ])('changes nothing when its flags are wrong: %j', async (flags, message) => {
    await expect(install(flags)).rejects.toThrow(message);
    expect(double.readCalls()).toEqual([]);
  });

  it('has the service find files from wherever it runs', async () => {
    const config = join(folder, 'ras.yml');
    writeFileSync(config, 'log.level: warn\n');
    await install({ 'config.file': [config], 'log.file': ['ras.log'], 'collector.phonebook.paths': ['a.pbk, b.pbk'] });
    const path = decoded(calls('CreateServiceW')[0], 'path');
    expect(path).toContain(`--log.file=${resolve('ras.log')}`);
    expect(path).toContain(`--collector.phonebook.paths=${resolve('a.pbk')},${resolve('b.pbk')}`);
    await install({ 'log.file': ['eventlog'] });
    expect(decoded(calls('CreateServiceW')[1], 'path')).toContain('--log.file=eventlog');
  });

  it('refuses paths in its file that are those of a folder', async () => {
    const config = join(folder, 'relative.yml');
    writeFileSync(config, 'log:\n  file: ras.log\n');
    await expect(install({ 'config.file': [config] })).rejects.toThrow(
      /relative\.yml:2: log\.file must be a whole path/,
    );
  });

  it('warns of secrets that everybody can read, of variables that do not hold, and of an open folder', async () => {
    const secret = 'Authorization=Bearer%20hush';
    const flags = { 'otlp.endpoint': ['https://otlp.example.com'], 'otlp.headers': [secret] };
    double.play();
    const environment = { ...SYSTEM, RAS_EXPORTER_LOG_LEVEL: 'debug' };
    const program = [PROGRAM[0], 'D:\\tools\\ras_exporter.cjs'] as const;
    const { text } = await manageService(control, order(flags), program, environment);
    expect(text).toMatch(/Warning: every user of this machine can read what --otlp\.headers says/);
    expect(text).toMatch(/Warning: the service has not the environment of this prompt: RAS_EXPORTER_LOG_LEVEL/);
    expect(text).toMatch(/Warning: whoever may write to D:\\tools/);
    expect(text).not.toContain('hush');
    expect(decoded(calls('CreateServiceW')[0], 'path')).toContain('hush');
  });

  it.each([
    'C:\\Windows\\Temp\\ras_exporter.cjs',
    'C:\\Windows\\System32\\spool\\drivers\\color\\ras_exporter.cjs',
    'C:\\Program Files\\..\\ras\\ras_exporter.cjs',
    'C:\\Program Files (x86)\\ras_exporter.cjs',
  ])('warns of a folder that may be open: %s', async (script) => {
    double.play();
    const { text } = await manageService(control, order(), [PROGRAM[0], script], SYSTEM);
    expect(text).toMatch(/Warning: whoever may write to C:/);
  });

  it('warns of configuration files in an open folder, and of no others', async () => {
    const config = join(folder, 'open.yml');
    const web = join(folder, 'web.yml');
    writeFileSync(config, 'log.level: warn\n');
    writeFileSync(web, '');
    const { text } = await install({ 'config.file': [config], 'web.config.file': [web] });
    expect(text).toContain(`Warning: whoever may write ${config}, or in its folder, decides what the service does`);
    expect(text).toContain(`Warning: whoever may write ${web}, or in its folder`);
    const flags = { 'config.file': ['C:\\Program Files\\ras_exporter\\config.yml'] };
    expect(placeWarnings(PROGRAM[1], flags, SYSTEM)).toEqual([]);
  });

  it.each(['stderr', 'stdout'])('warns of a log on %s', async (file) => {
    const { text } = await install({ 'log.file': [file] });
    expect(text).toContain(`Warning: nobody sees what a service writes to ${file}`);
  });

  it('refuses a folder in whose path Windows would put variables', async () => {
    double.play();
    const program = ['C:\\100%PATH%\\node.exe', 'C:\\100%PATH%\\ras_exporter.cjs'] as const;
    await expect(manageService(control, order(), program, SYSTEM)).rejects.toThrow(
      'a service cannot run in a folder with a percent sign in its path',
    );
    expect(double.readCalls()).toEqual([]);
  });

  it.each([
    ['LocalService', 'NT AUTHORITY\\LocalService'],
    ['networkservice', 'NT AUTHORITY\\NetworkService'],
    ['NT SERVICE\\ras_exporter', 'NT SERVICE\\ras_exporter'],
  ])('runs it as %s', async (account, name) => {
    double.play();
    await manageService(control, { ...order(), account, start: 'disabled' }, PROGRAM, SYSTEM);
    expect(decoded(calls('CreateServiceW')[0], 'account')).toBe(name);
    expect(calls('CreateServiceW')[0]?.arguments.get('start')).toBe('4');
  });

  it('knows no account with a password', async () => {
    const asked = manageService(control, { ...order(), account: 'DOMAIN\\alice' }, PROGRAM, SYSTEM);
    await expect(asked).rejects.toThrow(/--service\.account must be one of LocalSystem, LocalService, NetworkService/);
  });

  it('can be asked how a service is that is not there', async () => {
    double.play(service({ name: 'Spooler' }));
    const asked = { action: 'status', flags: {}, account: undefined, start: undefined } as const;
    expect(await manageService(control, asked, PROGRAM, SYSTEM)).toEqual({
      exitCode: 4,
      text: 'There is no service ras_exporter.\n',
    });
  });
});
