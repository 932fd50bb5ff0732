/** Nothing is loaded from the working directory, PATH or the environment: DLLs and code that somebody has planted there stay out. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { LAUNCHER_PROGRAMS } from '../../scripts/launcher.ts';
import { onWine, openPrefix, type Prefix } from '../../scripts/wine-prefix.ts';
import { get } from '../support/exporter.ts';
import { freePort } from '../support/program.ts';
import { isMissing } from '../support/requirements.ts';
import { WINE_SETUP_TIMEOUT_MS, windowsPackage } from '../support/wine.ts';

const source = resolve(import.meta.dirname, 'planted/planted.c');

/** What node.exe, koffi and the exporter import and load, what these load in turn, and what OpenSSL and koffi ask for. */
const DLLS = [
  ...['advapi32', 'bcrypt', 'bcryptprimitives', 'combase', 'crypt32', 'cryptbase', 'dbghelp', 'dnsapi', 'gdi32'],
  ...['iphlpapi', 'kernelbase', 'legacy', 'mswsock', 'napinsp', 'ncrypt', 'node', 'ole32', 'powrprof', 'providers'],
  ...['rasapi32', 'rasman', 'rpcrt4', 'rtutils', 'sechost', 'shell32', 'ucrtbase', 'user32', 'userenv', 'version'],
  ...['wevtapi', 'winmm', 'ws2_32'],
];

const SYSTEM32 = 'c:\\windows\\system32';

/** Has OpenSSL load legacy.dll, from wherever Windows finds it. */
const OPENSSL_CONF = `nodejs_conf = init
[init]
engines = engines
[engines]
legacy = legacy
[legacy]
dynamic_path = legacy
init = 1
`;

describe.skipIf(isMissing('wine', 'x86_64-w64-mingw32-gcc', ...LAUNCHER_PROGRAMS))('planted files', () => {
  let folder: string;
  let prefix: Prefix;
  let planted: string;
  let mark: string;
  let log: string;
  let hostile: Record<string, string>;

  beforeAll(async () => {
    folder = await windowsPackage();
  }, WINE_SETUP_TIMEOUT_MS);

  beforeEach(async () => {
    prefix = await openPrefix();
    planted = join(prefix.folder, 'drive_c/planted');
    mark = join(prefix.folder, 'tmp/mark');
    log = join(prefix.folder, 'tmp/planted.log');
    mkdirSync(join(planted, 'node_modules/koffi'), { recursive: true });
    const dll = join(planted, 'koffi.node');
    await promisify(execFile)('x86_64-w64-mingw32-gcc', ['-shared', '-O1', '-Wall', '-Werror', '-o', dll, source]);
    for (const name of DLLS) copyFileSync(dll, join(planted, `${name}.dll`));
    const evil = 'console.error("planted code");';
    for (const name of ['evil.js', 'app.js', 'otlp.cjs', 'node_modules/koffi/index.js']) {
      writeFileSync(join(planted, name), evil);
    }
    writeFileSync(join(planted, 'package.json'), '{"type":"module","imports":{"#x":"./evil.js"}}');
    writeFileSync(join(planted, '.npmrc'), 'node-options=--require C:\\planted\\evil.js\n');
    writeFileSync(join(planted, 'openssl.cnf'), OPENSSL_CONF);
    hostile = {
      PLANTED_MARK: onWine(mark),
      // Wine takes DLLs of its own before those that it finds elsewhere, unless it is told not to.
      WINEDLLOVERRIDES: 'mscoree,mshtml=;*=n,b',
      WINEDEBUG: '-all,+loaddll',
      WINEPATH: 'C:\\planted',
      NODE_PATH: 'C:\\planted\\node_modules',
      NODE_OPTIONS: '--require C:\\planted\\evil.js',
      NODE_COMPILE_CACHE: 'C:\\planted',
      OPENSSL_CONF: 'C:\\planted\\openssl.cnf',
      OPENSSL_MODULES: 'C:\\planted',
    };
  });
  afterEach(() => prefix.close());

  const start = (command: readonly [string, ...string[]], env: Readonly<Record<string, string>> = {}) =>
    prefix.start(command, { ...hostile, ...env }, log, planted);
  const marks = () => (existsSync(mark) ? readFileSync(mark, 'utf16le') : '');
  const output = () => (existsSync(log) ? readFileSync(log, 'utf8') : '');

  /** Folders that something was loaded from; Windows' own as one: Wine starts drivers in a new prefix. */
  function loadedFrom(): Set<string> {
    const paths = [...output().matchAll(/Loaded L"([^"]*)"/g)].map(([, path]) => path?.replaceAll('\\\\', '\\') ?? '');
    const folders = paths.map((path) => path.slice(0, path.lastIndexOf('\\')).toLowerCase());
    return new Set(folders.map((path) => path.replace(/^c:\\windows\\system32\\.*/, SYSTEM32)));
  }

  const trusted = () => new Set([SYSTEM32, onWine(folder).toLowerCase()]);

  /** Starts the exporter, has it scraped and push, and gives it the time to resolve a name. */
  async function serve(command: readonly [string, ...string[]], env: Readonly<Record<string, string>> = {}) {
    const port = await freePort();
    const args = [
      `--web.listen-address=127.0.0.1:${port}`,
      '--otlp.endpoint=https://localhost:1',
      '--otlp.interval=1s',
    ];
    start([...command, ...args], env);
    await vi.waitFor(async () => {
      const { body } = await get(`http://127.0.0.1:${port}/metrics`);
      expect(body).toMatch(/^ras_exporter_otlp_exports_total\{.*failure.*\} [1-9]/m);
    }, 15_000);
  }

  it('is loaded by no exporter that the launcher has started', async () => {
    await serve([join(folder, 'ras_exporter.exe')]);
    expect(marks()).toBe('');
    expect(output()).not.toContain('planted code');
    expect(loadedFrom()).toEqual(trusted());
  });

  it('is loaded by no exporter with the environment that a service is given', async () => {
    const env = { NODE_OPTIONS: '', OPENSSL_CONF: '', NODE_COMPILE_CACHE: '' };
    await serve([join(folder, 'node.exe'), onWine(join(folder, 'ras_exporter.cjs'))], env);
    expect(marks()).toBe('');
    expect(output()).not.toContain('planted code');
    expect(loadedFrom()).toEqual(trusted());
  });

  it('is loaded by node.exe without the launcher, which shows that it would be seen', async () => {
    const command = [join(folder, 'node.exe'), onWine(join(folder, 'ras_exporter.cjs')), '--version'] as const;
    await once(start(command, { NODE_OPTIONS: '' }), 'exit');
    expect(marks()).toBe('C:\\planted\\legacy.dll');
    rmSync(log);
    await once(start(command, { OPENSSL_CONF: '' }), 'exit');
    expect(output()).toContain('planted code');
  });
});
