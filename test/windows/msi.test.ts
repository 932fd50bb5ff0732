/**
 * The MSI under Wine's own Windows Installer and service control manager, from what it refuses to what it leaves behind.
 *
 * Wine leaves the files of an installation that fails, takes nothing back of a repair that fails, does not change the command line
 * of a service that exists, and does not tell a product that it is removed for an upgrade: docs/verification.md says what is left
 * to real Windows.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { productCode } from '../../scripts/msi.ts';
import { onWine } from '../../scripts/wine-prefix.ts';
import { ENVIRONMENT } from '../../src/service/manage/registry.ts';
import { get } from '../support/exporter.ts';
import { builtMsi, query, rowsOf } from '../support/msi.ts';
import { freePort } from '../support/program.ts';
import { isMissing } from '../support/requirements.ts';
import { buildWindowsProgram } from '../support/windows-program.ts';
import { WINE_SETUP_TIMEOUT_MS } from '../support/wine.ts';
import { openServiceBench, type ServiceBench } from '../support/wine-services.ts';

const SERVICE = 'HKLM\\System\\CurrentControlSet\\Services\\ras_exporter';
const SOURCE = 'HKLM\\System\\CurrentControlSet\\Services\\EventLog\\Application\\ras_exporter';
const SETTINGS = 'HKLM\\Software\\ras_exporter';
const SIMULATED = 'EXTRA_FLAGS=--ras.api=simulated';
const NODE = 'C:\\Program Files\\ras_exporter\\node.exe';

/** Linux sees the low byte of an exit code. ERROR_INSTALL_FAILURE, 1603: a condition is not met, or the product is not installed. */
const REFUSED = 1603 & 0xff;

/** ERROR_FUNCTION_FAILED, 1627: what Wine says of a service that does not start; Windows says 1603. */
const FAILED = 1627 & 0xff;

describe.skipIf(isMissing('wine', 'x86_64-w64-mingw32-gcc', 'wixl', 'msibuild', 'msiinfo'))(
  'the MSI on Windows',
  { timeout: WINE_SETUP_TIMEOUT_MS },
  () => {
    let bench: ServiceBench;
    let older: string;
    let newer: string;
    let port: number;
    let registryBefore: ReadonlySet<string>;
    let filesBefore: readonly string[];

    beforeAll(async () => {
      [older, newer] = [await builtMsi('1.0.0'), await builtMsi('1.1.0')];
      bench = await openServiceBench([await buildWindowsProgram('test/windows/netsh/netsh.c')]);
      port = await freePort();
      registryBefore = await registry();
      filesBefore = files();
    }, WINE_SETUP_TIMEOUT_MS);
    afterAll(() => bench?.close());

    const onC = (path: string) => join(bench.folder, 'drive_c', path);
    const installed = (name = '') => onC(join('Program Files/ras_exporter', name));
    const install = async (msi: string, ...properties: readonly string[]) =>
      (await bench.run('msiexec', '/i', onWine(msi), '/qn', ...properties)).exitCode;
    /** With the whole user interface, as Explorer starts it. */
    const doubleClick = async (msi: string) => (await bench.run('msiexec', '/i', onWine(msi))).exitCode;
    const uninstall = async (msi: string) => (await bench.run('msiexec', '/x', onWine(msi), '/qn')).exitCode;
    const metrics = (path: string) => get(`http://127.0.0.1:${port}${path}`);

    /** Listens on the port of the tests; returns what ends that. */
    async function takePort(): Promise<() => void> {
      const server = createServer();
      await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
      return () => void server.close();
    }

    /** Values of a key: name → type and text; nothing when there is no such key. */
    async function valuesOf(key: string): Promise<Record<string, string> | undefined> {
      const { exitCode, text } = await bench.run('reg', 'query', key);
      if (exitCode !== 0) return undefined;
      const values = [...text.matchAll(/^ {4}(\S+) {4}(REG_\w+) {4}(.*)$/gm)];
      return Object.fromEntries(values.map(([, name, type, value]) => [name, `${type} ${value}`]));
    }

    /** Every key, and every value with its key, of programs and services. */
    async function registry(): Promise<Set<string>> {
      const entries = new Set<string>();
      for (const root of ['Software', 'System\\CurrentControlSet\\Services']) {
        await bench.run('reg', 'export', `HKLM\\${root}`, 'C:\\registry.reg', '/y');
        let key = '';
        for (const line of readFileSync(onC('registry.reg'), 'utf16le').split('\r\n')) {
          if (line.startsWith('[')) key = line;
          if (line !== '') entries.add(line === key ? key : `${key} ${line}`);
        }
      }
      rmSync(onC('registry.reg'));
      return entries;
    }

    /** What there is now and was not before, without keys in which Wine's Windows Installer keeps nothing. */
    async function newInRegistry(): Promise<string[]> {
      return [...(await registry())].filter(
        (entry) => !registryBefore.has(entry) && !/\\Installer\b[^\]]*\]$/.test(entry),
      );
    }

    /** Every file on C: that is no log of this test. */
    function files(): string[] {
      const names = readdirSync(onC(''), { recursive: true, encoding: 'utf8' });
      return names.filter((name) => !/^(windows\/Installer$|windows\/temp|users\/|netsh\.log)/i.test(name)).toSorted();
    }

    /** How netsh.exe was called since the last time. */
    function netsh(): string[] {
      if (!existsSync(onC('netsh.log'))) return [];
      const lines = readFileSync(onC('netsh.log'), 'utf8').split('\n');
      rmSync(onC('netsh.log'));
      return lines.filter((line) => line !== '').map((line) => line.trim().replace(/^\S+netsh\.exe"? /, ''));
    }

    /** What Windows Installer has kept of what is installed. */
    function cachedMsis(): string[] {
      const names = readdirSync(onC('windows/Installer')).filter((file) => file.endsWith('.msi'));
      return names.map((name) => onC(join('windows/Installer', name)));
    }

    /** What Windows Installer says to a product that it removes for an upgrade, and Wine does not. */
    async function tellOfUpgrade(): Promise<void> {
      for (const cached of cachedMsis()) {
        await query(cached, "INSERT INTO `Property` (`Property`, `Value`) VALUES ('UPGRADINGPRODUCTCODE', '1')");
      }
    }

    /** A copy for which nobody is an administrator. */
    async function forUsers(original: string): Promise<string> {
      const msi = onC('user.msi');
      await copyFile(original, msi);
      await takeRights(msi);
      return msi;
    }

    /** On Wine everybody is an administrator. */
    async function takeRights(msi: string): Promise<void> {
      for (const { Action, Condition = '' } of await rowsOf(msi, 'InstallExecuteSequence')) {
        const condition = Condition.replace('AdminUser', 'Nobody');
        if (condition === Condition) continue;
        const where = `WHERE \`Action\` = '${Action}'`;
        await query(msi, `UPDATE \`InstallExecuteSequence\` SET \`Condition\` = '${condition}' ${where}`);
      }
    }

    const DELETED = `advfirewall firewall delete rule name="ras_exporter" dir=in program="${NODE}"`;
    const added = (remote: string) =>
      `advfirewall firewall add rule name="ras_exporter" dir=in action=allow program="${NODE}" protocol=TCP localport="${port}"${remote}`;

    it.each([
      'LISTEN_PORT=0',
      'LISTEN_PORT=65536',
      'LISTEN_PORT=80x',
      'LISTEN_PORT=80 action=block',
      'APPLICATIONFOLDER=relative',
      'METRICS_PATH=metrics',
      'METRICS_PATH=/a\\',
      'CONFIG_FILE=ras.yml',
      'CONFIG_FILE=C:\\',
      'EXTRA_FLAGS=--log.level=debug --Config.File=C:\\ras.yml',
      'REMOTE_ADDR=192.0.2.1 profile=any',
      'SERVICE_ACCOUNT=Administrator',
    ])('refuses %s, and changes nothing', async (property) => {
      expect(await install(older, property)).toBe(REFUSED);
      expect(existsSync(installed())).toBe(false);
      expect(await valuesOf(SERVICE)).toBeUndefined();
    });

    it.each([
      'APPLICATIONFOLDER',
      'CONFIG_FILE',
      'ENABLED_COLLECTORS',
      'LISTEN_ADDR',
      'LISTEN_PORT',
      'METRICS_PATH',
      'OTLP_ENDPOINT',
      'REMOTE_ADDR',
      'SERVICE_ACCOUNT',
    ])('refuses a quotation mark in %s', async (property) => {
      // As a transform would set it: Wine's msiexec lets none through.
      const msi = onC('quoted.msi');
      await copyFile(older, msi);
      await query(msi, `INSERT INTO \`Property\` (\`Property\`, \`Value\`) VALUES ('${property}', 'C:\\a" x="')`);
      expect(await install(msi)).toBe(REFUSED);
      rmSync(msi);
    });

    it('refuses properties from who is no administrator', async () => {
      const msi = await forUsers(older);
      expect(await install(msi, 'LISTEN_PORT=9182')).toBe(REFUSED);
      expect(existsSync(installed())).toBe(false);
      rmSync(msi);
    });

    it('stays where it is, as it is, when a newer version is double-clicked by who is not elevated', async () => {
      const custom = (name: string) => onC(join('Custom', name));
      const settings = ['APPLICATIONFOLDER=C:\\Custom', 'LISTEN_ADDR=127.0.0.1', `LISTEN_PORT=${port}`, SIMULATED];
      expect(await install(older, ...settings, 'ADDLOCAL=FirewallException')).toBe(0);
      writeFileSync(custom('config.yml'), 'collector.connections.expected: Branch.*\r\n');
      await tellOfUpgrade();
      netsh();
      const msi = await forUsers(newer);
      expect(await doubleClick(msi)).toBe(0);
      expect(await valuesOf(SETTINGS)).toMatchObject({ Version: 'REG_SZ 1.1.0', FirewallException: 'REG_SZ 1' });
      expect(existsSync(installed())).toBe(false);
      expect(readFileSync(custom('config.yml'), 'utf8')).toBe('collector.connections.expected: Branch.*\r\n');
      expect(netsh().at(-1)).toContain(
        `add rule name="ras_exporter" dir=in action=allow program="C:\\Custom\\node.exe"`,
      );
      expect(await bench.query()).toMatchObject({ state: 'RUNNING' });
      expect(await uninstall(msi)).toBe(0);
      expect(existsSync(custom(''))).toBe(false);
      netsh();
      rmSync(msi);
    });

    it('lets users repair and uninstall what a transform has set, and change nothing', async () => {
      const msi = onC('transformed.msi');
      await copyFile(older, msi);
      for (const [name, value] of Object.entries({ LISTEN_PORT: port, APPLICATIONFOLDER: 'c:\\custom' })) {
        await query(msi, `INSERT INTO \`Property\` (\`Property\`, \`Value\`) VALUES ('${name}', '${value}')`);
      }
      // What is said to be remembered is not believed.
      const given = ['LISTEN_ADDR=127.0.0.1', SIMULATED, 'REMEMBERED_METRICS_PATH=/evil', 'ADDLOCAL=FirewallException'];
      expect(await install(msi, ...given)).toBe(0);
      expect(await valuesOf(SETTINGS)).toMatchObject({ METRICS_PATH: 'REG_SZ ', LISTEN_PORT: `REG_SZ ${port}` });
      netsh();
      for (const cached of [msi, ...cachedMsis()]) await takeRights(cached);
      expect(await install(msi, 'REINSTALL=ALL', 'METRICS_PATH=/m')).toBe(REFUSED);
      expect(await install(msi, 'REMOVE=FirewallException')).toBe(REFUSED);
      expect(await install(msi, 'REINSTALL=ALL')).toBe(0);
      expect(netsh()).toEqual([]);
      expect(await uninstall(msi)).toBe(0);
      expect(netsh()).toEqual([expect.stringContaining('delete rule')]);
      expect(await install(msi, 'LISTEN_ADDR=127.0.0.1')).toBe(REFUSED);
      rmSync(msi);
    });

    it('installs a service that runs as the properties say', async () => {
      const exitCode = await install(
        older,
        'LISTEN_ADDR=127.0.0.1',
        `LISTEN_PORT=${port}`,
        'METRICS_PATH=/ras',
        'ENABLED_COLLECTORS=connections,phonebook',
        'EXTRA_FLAGS=--ras.api=simulated --collector.connections.exclude=[Hh]ead.*',
        'REMOTE_ADDR=192.0.2.10,198.51.100.0/24',
        'ADDLOCAL=FirewallException',
      );
      expect(exitCode).toBe(0);
      expect(await bench.query()).toMatchObject({ state: 'RUNNING' });
      const { status, body } = await metrics('/ras');
      expect(status).toBe(200);
      expect(body).toContain('ras_exporter_collector_success{collector="phonebook"} 1');
      expect(body).not.toContain('collector="devices"');
      expect(body).toContain('entry="Branch Hamburg"');
      expect(body).not.toContain('entry="Head Office"');
      expect(netsh()).toEqual([DELETED, added(' remoteip="192.0.2.10,198.51.100.0/24"')]);
    });

    it('gives the service what it needs, and not more', async () => {
      const service = await valuesOf(SERVICE);
      expect(service).toMatchObject({
        // Real Windows puts quotation marks around the first part.
        ImagePath:
          `REG_SZ ${NODE} "C:\\Program Files\\ras_exporter\\ras_exporter.cjs" service run` +
          ' "--config.file=C:\\Program Files\\ras_exporter\\config.yml"' +
          ` "--web.listen-address=127.0.0.1:${port}" "--web.telemetry-path=/ras"` +
          ' "--collectors.enabled=connections,phonebook" --ras.api=simulated --collector.connections.exclude=[Hh]ead.*',
        ObjectName: 'REG_SZ LocalSystem',
        DisplayName: 'REG_SZ ras_exporter',
        Description: expect.stringContaining('states and errors of VPN, dial-up and PPPoE connections'),
        Start: 'REG_DWORD 0x2',
        Environment: `REG_MULTI_SZ ${ENVIRONMENT.join('\\0')}`,
        DelayedAutostart: 'REG_DWORD 0x1',
        RequiredPrivileges: 'REG_MULTI_SZ SeChangeNotifyPrivilege\\0SeImpersonatePrivilege',
        // SERVICE_SID_TYPE_UNRESTRICTED.
        ServiceSidType: 'REG_DWORD 0x1',
        // SERVICE_FAILURE_ACTIONS: a day; no message, no command; four actions: three restarts after 60,000 ms, and none.
        FailureActions: `REG_BINARY 80510100${'00000000'.repeat(2)}0400000014000000${'0100000060EA0000'.repeat(3)}${'00000000'.repeat(2)}`,
      });
      expect(service).not.toHaveProperty('FailureActionsOnNonCrashFailures');
      expect(await valuesOf(SOURCE)).toEqual({
        EventMessageFile: 'REG_EXPAND_SZ %SystemRoot%\\System32\\EventCreate.exe',
        TypesSupported: 'REG_DWORD 0x7',
      });
    });

    it('is listed among the programs', async () => {
      const key = 'HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall';
      expect(await valuesOf(`${key}\\{${productCode('1.0.0').toUpperCase()}}`)).toMatchObject({
        DisplayName: 'REG_SZ ras_exporter',
        DisplayVersion: 'REG_SZ 1.0.0',
        Publisher: 'REG_SZ ras_exporter authors',
        HelpLink: expect.stringContaining('/docs/install.md'),
        InstallLocation: 'REG_SZ C:\\Program Files\\ras_exporter\\',
        NoModify: 'REG_DWORD 0x1',
      });
    });

    it.each([
      ['a setting without REINSTALL', 'LISTEN_PORT=1'],
      ['a setting for one feature alone', 'REINSTALL=FirewallException', 'LISTEN_PORT=1'],
      ['a setting with a feature', 'ADDLOCAL=FirewallException', 'REMOTE_ADDR=192.0.2.99'],
      ['to forget without REINSTALL', 'FORGET=1'],
      ['to move', 'REINSTALL=ALL', 'APPLICATIONFOLDER=C:\\Other'],
      ['to go by name', 'REMOVE=RasExporter,FirewallException'],
    ])('refuses %s of what is installed', async (_name, ...properties) => {
      const before = await valuesOf(SETTINGS);
      expect(await install(older, ...properties)).toBe(REFUSED);
      expect(await valuesOf(SETTINGS)).toEqual(before);
      expect(await bench.query()).toMatchObject({ state: 'RUNNING' });
      expect(netsh()).toEqual([]);
    });

    it('refuses to move in an upgrade, and takes the same settings again', async () => {
      expect(await install(newer, 'APPLICATIONFOLDER=C:\\Other')).toBe(REFUSED);
      const folder = 'APPLICATIONFOLDER=C:\\Program Files\\ras_exporter';
      expect(await install(older, folder, `LISTEN_PORT=${port}`)).toBe(0);
      netsh();
    });

    it('has a configuration file that the exporter understands, and lets itself be stopped and started', async () => {
      const { exitCode, text } = await bench.exporter('config', 'check', 'C:\\Program Files\\ras_exporter\\config.yml');
      expect({ exitCode, text }).toMatchObject({ exitCode: 0 });
      expect((await bench.run('net', 'stop', 'ras_exporter')).exitCode).toBe(0);
      expect(await bench.query()).toMatchObject({ state: 'STOPPED', exitCode: 0 });
      const logged = bench.records().length;
      const close = await takePort();
      await bench.run('net', 'start', 'ras_exporter');
      await expect.poll(async () => (await bench.query()).state).toBe('STOPPED');
      expect(await bench.query()).toEqual({ state: 'STOPPED', exitCode: 1066, specificCode: 1 });
      expect(bench.records().slice(logged)).toContainEqual(expect.stringContaining('the port is in use'));
      expect(bench.processes()).toEqual([]);
      close();
      expect((await bench.run('net', 'start', 'ras_exporter')).exitCode).toBe(0);
      await expect.poll(async () => (await bench.query()).state).toBe('RUNNING');
      expect((await metrics('/ras')).status).toBe(200);
    });

    it('keeps settings, configuration file and firewall exception over an upgrade', async () => {
      writeFileSync(installed('config.yml'), 'collector.connections.expected: Branch.*\r\n');
      await tellOfUpgrade();
      const before = await valuesOf(SETTINGS);
      expect(await doubleClick(newer)).toBe(0);
      expect(await bench.query()).toMatchObject({ state: 'RUNNING' });
      const { body } = await metrics('/ras');
      expect(body).toContain('ras_connection_expected{entry="Branch Hamburg",phonebook="all_users"} 1');
      expect(body).not.toContain('entry="Head Office"');
      expect(await valuesOf(SETTINGS)).toEqual({ ...before, Version: 'REG_SZ 1.1.0' });
      expect(netsh()).toEqual([DELETED, DELETED, added(' remoteip="192.0.2.10,198.51.100.0/24"')]);
    });

    it('refuses a downgrade, and goes on', async () => {
      expect(await install(older)).toBe(REFUSED);
      expect(await bench.query()).toMatchObject({ state: 'RUNNING' });
      expect(await valuesOf(SETTINGS)).toMatchObject({ Version: 'REG_SZ 1.1.0' });
    });

    it('repairs files that are gone, and leaves the configuration file as it is', async () => {
      rmSync(installed('otlp.cjs'));
      expect(await install(newer, 'REINSTALL=ALL')).toBe(0);
      expect(existsSync(installed('otlp.cjs'))).toBe(true);
      expect(readFileSync(installed('config.yml'), 'utf8')).toBe('collector.connections.expected: Branch.*\r\n');
      expect(await bench.query()).toMatchObject({ state: 'RUNNING' });
      expect(netsh()).toEqual([DELETED, added(' remoteip="192.0.2.10,198.51.100.0/24"')]);
    });

    it('does not repair without the configuration file that the service reads', async () => {
      const text = readFileSync(installed('config.yml'));
      rmSync(installed('config.yml'));
      expect(await install(newer, 'REINSTALL=ALL')).toBe(REFUSED);
      expect(await bench.query()).toMatchObject({ state: 'RUNNING' });
      writeFileSync(installed('config.yml'), text);
    });

    it('forgets settings when it is told to, and takes those that are said', async () => {
      expect(await install(newer, 'REINSTALL=ALL', 'FORGET=1', 'METRICS_PATH=/m')).toBe(0);
      expect(await valuesOf(SETTINGS)).toEqual({
        APPLICATIONFOLDER: 'REG_SZ C:\\Program Files\\ras_exporter\\',
        CONFIG_FILE: 'REG_SZ ',
        ENABLED_COLLECTORS: 'REG_SZ ',
        EXTRA_FLAGS: 'REG_SZ ',
        FirewallException: 'REG_SZ 1',
        LISTEN_ADDR: 'REG_SZ ',
        LISTEN_PORT: 'REG_SZ ',
        METRICS_PATH: 'REG_SZ /m',
        OTLP_ENDPOINT: 'REG_SZ ',
        REMOTE_ADDR: 'REG_SZ ',
        SERVICE_ACCOUNT: 'REG_SZ ',
        Version: 'REG_SZ 1.1.0',
      });
      expect(netsh()).toEqual([DELETED, added('').replace(`${port}`, '10600')]);
    });

    it('takes the firewall exception away, and nothing else', async () => {
      expect(await install(newer, 'REMOVE=FirewallException')).toBe(0);
      expect(netsh()).toEqual([DELETED]);
      expect(await valuesOf(SETTINGS)).not.toHaveProperty('FirewallException');
      expect(await bench.query()).toMatchObject({ state: 'RUNNING' });
    });

    it('leaves nothing behind', async () => {
      expect(await uninstall(newer)).toBe(0);
      expect(bench.processes()).toEqual([]);
      expect(files()).toEqual(filesBefore);
      expect(await newInRegistry()).toEqual([]);
      expect(netsh()).toEqual([]);
    });

    describe('with what the exporter cannot start with', () => {
      let close: () => void;
      beforeAll(async () => {
        close = await takePort();
      });
      afterAll(() => close());

      it.each([
        { name: 'a wrong flag', property: 'EXTRA_FLAGS=--web.max-requests=many', reason: /max-requests/ },
        {
          name: 'a configuration file that is missing',
          property: 'CONFIG_FILE=C:\\none\\ras.yml',
          code: 2,
          reason: /none/,
        },
        { name: 'a port that is taken', property: 'LISTEN_PORT=', reason: /the port is in use/ },
      ])(
        'fails for $name, says why in the event log, and leaves no service that tries again',
        async ({ property, reason }) => {
          const logged = bench.records().length;
          const given = property === 'LISTEN_PORT=' ? ['LISTEN_ADDR=127.0.0.1', `${property}${port}`] : [property];
          expect(await install(older, 'ADDLOCAL=FirewallException', ...given)).toBe(FAILED);
          const records = bench.records().slice(logged);
          expect(records.filter((record) => record.includes('Cannot start'))).toEqual([expect.stringMatching(reason)]);
          expect(bench.processes()).toEqual([]);
          expect(await newInRegistry()).toEqual([]);
          // Windows takes this file away as well; Wine does not.
          rmSync(installed('config.yml'), { force: true });
          expect(existsSync(installed()) ? readdirSync(installed()) : []).toEqual([]);
          expect(netsh()).toEqual([DELETED, expect.stringContaining('add rule'), DELETED]);
        },
      );
    });
  },
);
