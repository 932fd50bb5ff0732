/** What msitools see in an MSI: the tables that Windows Installer reads, and that the same package makes the same bytes. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildMsi } from '../../scripts/msi.ts';
import { packageFiles } from '../../scripts/package-windows.ts';
import { versionOf } from '../../scripts/pe-version.ts';
import { uuidOf } from '../../scripts/uuid.ts';
import { writeWinget } from '../../scripts/winget.ts';
import { parseConfigFile } from '../../src/config/file.ts';
import { ENVIRONMENT } from '../../src/service/manage/registry.ts';
import { type Row, rowsOf, tablesOf } from '../support/msi.ts';
import { isMissing } from '../support/requirements.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'ras-msi-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A program with the version 1.2.3.4, and nothing else. */
const PROGRAM = Buffer.from('MZ\0\0\xbd\x04\xef\xfe\x00\x00\x01\x00\x02\x00\x01\x00\x04\x00\x03\x00', 'latin1');

/** A package folder with all files, which hold next to nothing. */
function smallPackage(name: string, content = 'x'): string {
  const path = join(folder, name);
  mkdirSync(path);
  for (const file of packageFiles('amd64')) writeFileSync(join(path, file), file === 'node.exe' ? PROGRAM : content);
  return path;
}

describe('the version of a program', () => {
  it('is that of its resources', () => {
    expect(versionOf(PROGRAM)).toBe('1.2.3.4');
    expect(versionOf(Buffer.from('MZ without resources'))).toBeUndefined();
    expect(versionOf(Buffer.from('\xbd\x04\xef\xfe', 'latin1'))).toBeUndefined();
  });
});

describe('a UUID of a name', () => {
  it('is version 5 of RFC 9562', () => {
    // python3: uuid5(uuid5(NAMESPACE_DNS, 'ras_exporter'), 'upgrade')
    expect(uuidOf('upgrade')).toBe('58741a0c-38dc-571d-bb4b-7f5f85ad4ec1');
  });
});

describe('the configuration file of an installation', () => {
  const text = readFileSync(join(root, 'installer/config.yml'), 'utf8');

  it('says nothing, and shows what could be said', () => {
    expect(parseConfigFile(text, 'config.yml')).toEqual({ settings: new Map(), problems: [] });
    const { settings, problems } = parseConfigFile(text.replaceAll(/^#(?! \S|$)/gm, ''), 'config.yml');
    expect(problems).toEqual([]);
    expect([...settings.keys()]).toEqual([
      'web.listen-address',
      'web.config.file',
      'collector.connections.exclude',
      'collector.connections.expected',
      'otlp.endpoint',
    ]);
  });
});

describe.skipIf(isMissing('wixl', 'msibuild', 'msiinfo'))('the MSI', { timeout: 60_000 }, () => {
  const msi = join(folder, 'a.msi');
  const tables = new Map<string, readonly Row[]>();
  beforeAll(async () => {
    await buildMsi(smallPackage('a'), '1.2.3', msi);
    for (const name of await tablesOf(msi)) tables.set(name, await rowsOf(msi, name));
  });

  const rows = (table: string) => tables.get(table) ?? [];
  const cell = (row: Row | undefined, name: string) => row?.[name] ?? '';
  const column = (table: string, name: string) => rows(table).map((row) => row[name] ?? '');
  const property = (name: string) => rows('Property').find((row) => row.Property === name)?.Value ?? '';
  const sequence = (action: string) =>
    Number(rows('InstallExecuteSequence').find((row) => row.Action === action)?.Sequence ?? Number.NaN);
  const packageCode = (file: string) =>
    rowsOf(file, '_SummaryInformation').then((info) => info.find((row) => row.PropertyId === '9')?.Value);

  it('is the same when it is made again, elsewhere and later', async () => {
    const again = join(folder, 'again.msi');
    // Times in a cabinet are even seconds.
    await sleep(2100);
    await buildMsi(smallPackage('elsewhere'), '1.2.3', again);
    expect(readFileSync(again).equals(readFileSync(msi))).toBe(true);
  });

  it('has a package code of its own for other content, and a product code for each version', async () => {
    const other = join(folder, 'other.msi');
    await buildMsi(smallPackage('other', 'y'), '1.2.4', other);
    expect(await packageCode(other)).toMatch(/^\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}$/);
    expect(await packageCode(other)).not.toBe(await packageCode(msi));
    const values = new Map((await rowsOf(other, 'Property')).map((row) => [row.Property, row.Value]));
    expect(values.get('ProductCode')).not.toBe(property('ProductCode'));
    expect(values.get('UpgradeCode')).toBe(property('UpgradeCode'));
    expect(values.get('ProductVersion')).toBe('1.2.4');
  });

  it('tells nothing of the machine that made it', () => {
    const bytes = readFileSync(msi);
    for (const secret of [root, tmpdir(), 'ras-msi-']) {
      expect(bytes.includes(secret), secret).toBe(false);
      expect(bytes.includes(Buffer.from(secret, 'utf16le')), secret).toBe(false);
    }
  });

  it('is not made of a folder that lacks a file or has another, nor with a version that Windows cannot compare', async () => {
    const lacking = smallPackage('lacking');
    rmSync(join(lacking, 'koffi.node'));
    await expect(buildMsi(lacking, '1.2.3', join(folder, 'no.msi'))).rejects.toThrow('lacks koffi.node');
    const strange = smallPackage('strange');
    writeFileSync(join(strange, 'version.dll'), '');
    await expect(buildMsi(strange, '1.2.3', join(folder, 'no.msi'))).rejects.toThrow('has version.dll');
    for (const version of ['1.2.3-rc.1', '256.0.0', '1.256.0', '1.0.65536']) {
      const build = buildMsi(join(folder, 'a'), version, join(folder, 'no.msi'));
      await expect(build).rejects.toThrow(`an MSI cannot have the version ${version}`);
    }
  });

  it('is for 64-bit Windows, with a Windows Installer that knows services', () => {
    const summary = new Map(rows('_SummaryInformation').map((row) => [row.PropertyId, row.Value]));
    expect(summary.get('7')).toBe('x64;1033');
    expect(summary.get('14')).toBe('500');
    for (const component of rows('Component')) {
      expect(Number(component.Attributes) & 256, component.Component).toBe(256);
    }
  });

  it('has every file of the package and a configuration file, each in a component whose key it is', () => {
    const names = rows('File').map((row) => row.FileName?.split('|').at(-1) ?? '');
    expect(names.toSorted()).toEqual([...packageFiles('amd64'), 'config.yml'].toSorted());
    for (const file of rows('File')) {
      const component = rows('Component').find((row) => row.Component === cell(file, 'Component_'));
      expect(component?.KeyPath).toBe(file.File);
      expect(cell(component, 'Directory_')).toBe('APPLICATIONFOLDER');
    }
  });

  it('has a short name for each file, all different', () => {
    const short = column('File', 'FileName').map((name) => name.split('|')[0]?.toLowerCase() ?? '');
    for (const name of short) expect(name).toMatch(/^\w{1,8}(\.\w{1,3})?$/);
    expect(new Set(short).size).toBe(short.length);
  });

  it('says the version of a program, and the hash of every other file', () => {
    const versions = rows('File').filter((row) => row.Version !== '');
    expect(versions.map((row) => [row.File, row.Version])).toEqual([['node.exe', '1.2.3.4']]);
    const unversioned = rows('File').filter((row) => row.Version === '');
    const files = unversioned.map((row) => cell(row, 'File'));
    expect(column('MsiFileHash', 'File_').toSorted()).toEqual(files.toSorted());
  });

  it('puts every component into one feature, and knows each by a GUID of its own, but for the configuration file', () => {
    expect(column('FeatureComponents', 'Component_').toSorted()).toEqual(column('Component', 'Component').toSorted());
    const guids = rows('Component').map((row) => [row.Component, row.ComponentId] as const);
    expect(guids.filter(([, guid]) => guid === '')).toEqual([['ConfigFile', '']]);
    const ours = guids.map(([, guid]) => guid).filter((guid) => guid !== '');
    expect(new Set(ours).size).toBe(ours.length);
  });

  it('refers to nothing that is not there', () => {
    const components = new Set(column('Component', 'Component'));
    for (const [table, content] of tables) {
      for (const row of content) {
        if ('Component_' in row) expect(components, table).toContain(cell(row, 'Component_'));
      }
    }
    const keys = new Set([...column('File', 'File'), ...column('Registry', 'Registry')]);
    for (const key of column('Component', 'KeyPath')) expect(keys).toContain(key);
    const searches = new Set(column('RegLocator', 'Signature_'));
    for (const signature of column('AppSearch', 'Signature_')) expect(searches).toContain(signature);
  });

  it('has no text that is longer than its column', async () => {
    for (const [table, names] of [
      ['CustomAction', ['Target']],
      ['InstallExecuteSequence', ['Condition']],
      ['LaunchCondition', ['Condition', 'Description']],
      ['Registry', ['Key', 'Name']],
      ['ServiceInstall', ['Arguments', 'Description']],
    ] as const) {
      for (const row of rows(table)) {
        for (const name of names) expect((row[name] ?? '').length, `${table}.${name}`).toBeLessThanOrEqual(255);
      }
    }
  });

  it('does things in order', () => {
    const inOrder = [
      ['FindRelatedProducts', 'AppSearch', 'LaunchConditions', 'SetGivenFolder', 'Changed_APPLICATIONFOLDER'],
      ['Changed_APPLICATIONFOLDER', 'RefuseMove', 'RequireAdministrator', 'RequireReinstall', 'RefuseRemoveByName'],
      ['Changed_FORGET', 'RefuseMove', 'Remember_APPLICATIONFOLDER', 'Remember_CONFIG_FILE', 'RequireConfigFile'],
      ['CostFinalize', 'RefuseFirewallChange', 'InstallValidate'],
      ['AppSearch', 'Remember_LISTEN_PORT', 'AddToFeatures', 'CostInitialize'],
      ['RequireAdministrator', 'Remember_APPLICATIONFOLDER', 'SetFolderToClear', 'CostInitialize', 'CostFinalize'],
      ['CostFinalize', 'SetDefaultConfigFile', 'SetConfigFile', 'SetFlags', 'InstallValidate'],
      ['SetListenPort', 'SetListenAddress', 'SetFlags'],
      ['SetOldPort', 'SetOldRule', 'InstallValidate'],
      ['SetListenPort', 'SetNetsh', 'SetDeleteRule', 'SetAddRule', 'InstallValidate'],
      ['SetServiceAccount', 'SetBuiltInAccount', 'InstallValidate'],
      [
        'InstallInitialize',
        'RemoveExistingProducts',
        'StopServices',
        // The other way round, a rollback would not know the values of the service.
        'RemoveRegistryValues',
        'DeleteServices',
        'RemoveFiles',
      ],
      [
        'RemoveFiles',
        'InstallFiles',
        'InstallServices',
        'WriteRegistryValues',
        'MsiConfigureServices',
        'StartServices',
      ],
      ['RestoreFirewallRule', 'DeleteFirewallRule', 'UndoFirewallRule', 'AddFirewallRule', 'StartServices'],
      ['StartServices', 'RegisterProduct', 'PublishProduct', 'InstallFinalize'],
    ];
    for (const actions of inOrder) {
      const numbers = actions.map(sequence);
      expect(numbers, actions.join()).toEqual(numbers.toSorted((one, other) => one - other));
    }
    expect(column('CustomAction', 'Action').filter((action) => Number.isNaN(sequence(action)))).toEqual([]);
    const numbers = column('InstallExecuteSequence', 'Sequence');
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  const condition = (action: string) =>
    rows('InstallExecuteSequence').find((row) => row.Action === action)?.Condition ?? '';
  const settings = () =>
    property('SecureCustomProperties')
      .split(';')
      .filter((name) => !name.startsWith('WIX_'));

  it('takes no setting from who is no administrator, and loses none on an installed product', () => {
    expect(settings()).toContain('EXTRA_FLAGS');
    const page = readFileSync(join(root, 'docs/install.md'), 'utf8');
    expect(settings().filter((name) => !page.includes(`\`${name}`))).toEqual([]);
    for (const name of settings()) expect(condition(`Changed_${name}`), name).toMatch(new RegExp(`^${name}( AND |$)`));
    expect(condition('RequireAdministrator')).toBe('NOT AdminUser AND ChangedSettings AND NOT (REMOVE ~= "ALL")');
    expect(condition('RequireReinstall')).toMatch(/^Installed AND ChangedSettings AND NOT \(REINSTALL ~= "ALL" AND /);
    expect(property('MSIUSEREALADMINDETECTION')).toBe('1');
  });

  it('believes what it finds, and not what somebody says that it found', () => {
    for (const name of column('AppSearch', 'Property')) {
      expect(sequence(`Clear_${name}`), name).toBeLessThan(sequence('AppSearch'));
    }
  });

  it('runs netsh.exe for who is no administrator when it is installed or removed, and in no repair', () => {
    const allowed = '$FirewallRule = 3 AND (AdminUser OR NOT Installed)';
    expect(condition('AddFirewallRule')).toBe(allowed);
    expect(condition('UndoFirewallRule')).toBe(allowed);
    expect(condition('DeleteFirewallRule')).toBe(`$FirewallRule = 2 OR (${allowed})`);
    expect(condition('RestoreFirewallRule')).toBe(`?FirewallRule = 3 AND ($FirewallRule = 2 OR (${allowed}))`);
  });

  it('makes config.yml wherever another is read, so that it can be forgotten, and does not restart the computer', () => {
    expect(rows('Component').find((row) => row.Component === 'ConfigFile')).toMatchObject({
      Condition: '',
      Attributes: String(256 + 128),
    });
    expect(property('REBOOT')).toBe('ReallySuppress');
    expect(property('UpgradeCode')).toBe(property('UpgradeCode').toUpperCase());
  });

  it('gives the service the environment that the command gives it', () => {
    const row = rows('Registry').find(({ Name }) => Name === 'Environment');
    expect(row?.Value?.split('[~]')).toEqual(ENVIRONMENT);
  });

  it('does the same after a double click as silently: nothing happens in the session of the user who clicks', () => {
    expect(column('InstallUISequence', 'Action')).toEqual(['ExecuteAction']);
  });

  it('runs nothing but netsh.exe of System32, whose path nobody can set', () => {
    const SET_PROPERTY = 51;
    const ERROR = 19;
    const PROGRAM_OF_PROPERTY = 50;
    for (const { Action, Type, Source } of rows('CustomAction')) {
      const kind = Number(Type) & 0x3f;
      expect([SET_PROPERTY, ERROR, PROGRAM_OF_PROPERTY], Action).toContain(kind);
      if (kind === PROGRAM_OF_PROPERTY) expect(Source).toBe('Netsh');
    }
    const setters = rows('CustomAction').filter((row) => Number(row.Type) === SET_PROPERTY && row.Source === 'Netsh');
    expect(setters.map((row) => row.Target)).toEqual(['[System64Folder]netsh.exe']);
  });

  it('opens what was open before, and nothing else, when a change fails', () => {
    const target = (action: string) => rows('CustomAction').find((row) => row.Action === action)?.Target ?? '';
    expect(target('RestoreFirewallRule')).toBe('[OldRule]');
    const old = target('SetAddRule').replace('[ListenPort]', '[OldPort]').replace('[REMOTE', '[REMEMBERED_REMOTE');
    expect(target('SetOldRule')).toBe(old);
    expect(target('SetOldPort')).toBe('[REMEMBERED_LISTEN_PORT]');
    expect(property('OldPort')).toBe(property('ListenPort'));
  });

  it('has a service that is started and stopped, and removed with it', () => {
    expect(rows('ServiceInstall')).toMatchObject([{ Name: 'ras_exporter', StartType: '2', Component_: 'Node' }]);
    // 1 start when installed; 2, 32 stop before; 128 delete.
    expect(rows('ServiceControl')).toMatchObject([
      { Name: 'ras_exporter', Event: String(1 + 2 + 32 + 128), Wait: '1' },
    ]);
    expect(rows('MsiServiceConfig')).toMatchObject([
      { ConfigType: '3', Argument: '1', Event: '5' },
      { ConfigType: '6', Argument: 'SeChangeNotifyPrivilege[~]SeImpersonatePrivilege', Event: '5' },
      { ConfigType: '5', Argument: '1', Event: '5' },
    ]);
    // A rollback restores what stands in the registry.
    const values = new Map(rows('Registry').map((row) => [row.Name, row.Value]));
    for (const [index, name] of ['DelayedAutostart', 'RequiredPrivileges', 'ServiceSidType'].entries()) {
      expect(values.get(name)?.replace(/^#/, '')).toBe(rows('MsiServiceConfig')[index]?.Argument);
    }
  });

  it('is described to winget', async () => {
    const target = join(folder, 'winget');
    await writeWinget(msi, '1.2.3', target);
    const read = (kind: string) => parse(readFileSync(join(target, `RasExporter.RasExporter${kind}.yaml`), 'utf8'));
    const common = { PackageIdentifier: 'RasExporter.RasExporter', PackageVersion: '1.2.3', ManifestVersion: '1.6.0' };
    expect(read('')).toEqual({ ...common, ManifestType: 'version', DefaultLocale: 'en-US' });
    expect(read('.locale.en-US')).toMatchObject({ ...common, ManifestType: 'defaultLocale', PackageLocale: 'en-US' });
    const [installer, ...others] = read('.installer').Installers;
    expect(others).toEqual([]);
    expect(installer).toMatchObject({
      Architecture: 'x64',
      InstallerSha256: createHash('sha256').update(readFileSync(msi)).digest('hex').toUpperCase(),
      ProductCode: property('ProductCode'),
      AppsAndFeaturesEntries: [
        {
          DisplayName: property('ProductName'),
          Publisher: property('Manufacturer'),
          DisplayVersion: '1.2.3',
          ProductCode: property('ProductCode'),
          UpgradeCode: rows('Upgrade')[0]?.UpgradeCode,
        },
      ],
    });
    expect(installer.InstallerUrl).toMatch(/\/v1\.2\.3\/ras_exporter-1\.2\.3-windows-amd64\.msi$/);
  });
});
