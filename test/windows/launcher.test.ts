/** ras_exporter.exe: what node.exe gets of its command line, environment, handles and console, and how both end. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildLauncher, LAUNCHER_PROGRAMS } from '../../scripts/launcher.ts';
import { onWine, openPrefix, type Prefix } from '../../scripts/wine-prefix.ts';
import { isMissing } from '../support/requirements.ts';
import { WINE_SETUP_TIMEOUT_MS } from '../support/wine.ts';

const source = resolve(import.meta.dirname, 'launcher/node.c');

describe.skipIf(isMissing('wine', 'x86_64-w64-mingw32-gcc', ...LAUNCHER_PROGRAMS))('the launcher', () => {
  let prefix: Prefix;
  let folder: string;
  let launcher: string;
  let log: string;

  beforeAll(async () => {
    prefix = await openPrefix();
    // Spaces and letters of no code page.
    folder = join(prefix.folder, 'drive_c/Programme für VPN ☎');
    launcher = join(folder, 'ras_exporter.exe');
    log = join(prefix.folder, 'tmp/launcher.log');
    mkdirSync(folder);
    await buildLauncher('amd64', '1.2.3', launcher);
    const options = ['-municode', '-std=c11', '-O1', '-Wall', '-Wextra', '-Werror', '-s'];
    await promisify(execFile)('x86_64-w64-mingw32-gcc', [...options, '-o', join(folder, 'node.exe'), source]);
  }, WINE_SETUP_TIMEOUT_MS);
  afterAll(() => prefix.close());

  beforeEach(() => {
    rmSync(log, { force: true });
    writeFileSync(join(folder, 'ras_exporter.cjs'), '');
  });

  function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
    return prefix.start([launcher, ...args], env, log);
  }

  const output = () => (existsSync(log) ? readFileSync(log, 'utf8') : '');

  /** The lines that stand-in for node.exe wrote: its command line, then its environment; and the exit code of the launcher. */
  async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const [exitCode] = await once(start(args, env), 'exit');
    const [commandLine, ...variables] = output().split('\n');
    return { exitCode, commandLine, variables };
  }

  /** Whether a stand-in runs, which is a process of Linux, too. */
  function isNodeRunning(): boolean {
    return readdirSync('/proc').some((pid) => {
      const read = (file: string) => readFileSync(join('/proc', pid, file), 'utf8');
      try {
        return read('cmdline').includes('VPN ☎\\node.exe') && read('environ').includes(prefix.folder);
      } catch {
        // Not a process, or one that has just ended.
        return false;
      }
    });
  }

  const NODE = '"C:\\Programme für VPN ☎\\node.exe" "C:\\Programme für VPN ☎\\ras_exporter.cjs"';

  it.for([
    { args: [], tail: '' },
    { args: ['check', '--json'], tail: ' check --json' },
    // Wine quotes what it is given; the launcher passes on what Wine made of it.
    { args: ['--log.file=C:\\a b\\', 'x"y', '', 'ü€'], tail: ' "--log.file=C:\\a b\\\\" x\\"y "" ü€' },
  ])('starts node.exe with the script and $args as they were written', async ({ args, tail }) => {
    expect((await run(args)).commandLine).toBe(`${NODE}${tail}`);
  });

  it('passes the exit code on', async () => {
    expect((await run([], { NODE_EXTRA_CA_CERTS: '42' })).exitCode).toBe(42);
  });

  it('keeps variables from node.exe that would have it load something else', async () => {
    const env = {
      NODE_OPTIONS: '--require evil',
      node_path: 'C:\\evil',
      NODE_COMPILE_CACHE: 'C:\\evil',
      Node_Repl_External_Module: 'evil',
      OPENSSL_CONF: 'C:\\evil.cnf',
      OPENSSL_MODULES: 'C:\\evil',
    };
    const { variables } = await run([], env);
    expect(variables.filter((variable) => /^(?:NODE_|OPENSSL_)/i.test(variable))).toEqual([]);
  });

  it('passes everything else on, and what pushing may need', async () => {
    const env = {
      NODE_EXTRA_CA_CERTS: '7',
      NODE_USE_SYSTEM_CA: '1',
      NODE_USE_ENV_PROXY: '1',
      NODES: 'x',
      RAS_EXPORTER_LOG_LEVEL: 'warn',
    };
    const expected = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    expect((await run([], env)).variables).toEqual(expect.arrayContaining(expected));
  });

  it.for([
    { given: {}, expected: 'UV_THREADPOOL_SIZE=8' },
    { given: { UV_THREADPOOL_SIZE: '' }, expected: 'UV_THREADPOOL_SIZE=8' },
    { given: { UV_THREADPOOL_SIZE: '16' }, expected: 'UV_THREADPOOL_SIZE=16' },
  ])('with $given, node.exe has $expected', async ({ given, expected }) => {
    expect((await run([], given)).variables).toContain(expected);
  });

  it('says so when a file of the package is missing', async () => {
    rmSync(join(folder, 'ras_exporter.cjs'));
    const { exitCode, commandLine } = await run([]);
    expect([exitCode, commandLine]).toEqual([
      1,
      expect.stringMatching(/^ras_exporter: is incomplete without C:\\Programme für VPN ☎\\ras_exporter\.cjs: \S/),
    ]);
  });

  it('says so when node.exe does not start', async () => {
    const broken = join(prefix.folder, 'drive_c/broken');
    mkdirSync(broken);
    copyFileSync(launcher, join(broken, 'ras_exporter.exe'));
    for (const name of ['node.exe', 'ras_exporter.cjs']) writeFileSync(join(broken, name), 'no program');
    const child = prefix.start([join(broken, 'ras_exporter.exe')], {}, log);
    expect([await once(child, 'exit'), output()]).toEqual([
      [1, null],
      expect.stringMatching(/^ras_exporter: cannot start C:\\broken\\node\.exe: \S/),
    ]);
  });

  it('takes node.exe with it when it is killed', async () => {
    const ended = once(start(['--wait']), 'exit');
    await vi.waitFor(() => expect(output()).toContain('waiting'), 10_000);
    expect(isNodeRunning()).toBe(true);
    await once(prefix.start(['taskkill', '/f', '/im', 'ras_exporter.exe'], {}, `${log}.taskkill`), 'exit');
    await ended;
    await vi.waitFor(() => expect(isNodeRunning()).toBe(false), 10_000);
  });

  it('leaves Ctrl+C to node.exe, and waits until that has stopped', async () => {
    // A terminal, in which Wine makes the key an event of the console.
    const env = { ...process.env, LANG: 'C.UTF-8', WINEPREFIX: prefix.folder, WINEDEBUG: '-all', TERM: 'xterm' };
    // Without a shell in between, which the key would end as well.
    const command = `exec wine '${onWine(launcher)}' --wait`;
    const terminal = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], { env });
    let shown = '';
    terminal.stdout.setEncoding('utf8').on('data', (text) => {
      shown += text;
    });
    await vi.waitFor(() => expect(shown).toContain('waiting'), 10_000);
    terminal.stdin.write('\x03');
    expect((await once(terminal, 'exit'))[0]).toBe(7);
    expect(shown).toMatch(/event=other.*stopped/s);
  });
});
