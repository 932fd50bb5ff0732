/**
 * Wine prefixes: one is made (which takes long) and kept in `build/wine/template`, every run gets a clone of its own (which
 * takes a moment), so that suites run side by side with different DLLs and one of them ends without the other.
 */
import { execFile, execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { buildOnce, isAlive } from './build-once.ts';

const root = dirname(import.meta.dirname);
const folder = join(root, 'build/wine');
const template = join(folder, 'template');

/** The environment of everything that runs in a prefix: no display, no questions about Mono and Gecko, no chatter. */
function wineEnv(prefix: string, overrides = ''): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    LANG: 'C.UTF-8',
    // Wine links the folders of a home directory into the prefix.
    HOME: prefix,
    WINEPREFIX: prefix,
    WINEARCH: 'win64',
    WINEDEBUG: '-all',
    WINEDLLOVERRIDES: `mscoree,mshtml=;${overrides}`,
  };
}

async function makeTemplate(draft: string): Promise<void> {
  await mkdir(draft, { recursive: true });
  const run = async (command: string, ...args: readonly string[]) => {
    await promisify(execFile)(command, args, { env: wineEnv(draft) });
  };
  await run('wineboot', '-i');
  // Wine 8 says that it is Windows 7, where Node does not start.
  await run('wine', 'winecfg', '-v', 'win10');
  await run('wineserver', '-w');
}

/** A prefix of one's own. */
export interface Prefix {
  readonly folder: string;
  /**
   * Starts a program; its output goes to `log`, because Node under Wine cannot write to a pipe.
   *
   * @param cwd its working directory, a path of Linux; that of this process unless given
   */
  start(
    command: readonly [string, ...string[]],
    env: Readonly<Record<string, string>>,
    log: string,
    cwd?: string,
  ): ReturnType<typeof spawn>;
  /** Ends every process in it, and removes it. */
  close(): void;
}

const open = new Set<Prefix>();
process.once('exit', () => {
  for (const prefix of open) prefix.close();
});

/** @param dlls paths of the DLLs to put into System32; of all others Wine's own stay */
export async function openPrefix(dlls: readonly string[] = []): Promise<Prefix> {
  await buildOnce(template, makeTemplate);
  await removeLeftovers();
  const clone = mkdtempSync(join(folder, `run-${process.pid}-`));
  // The registry is copied: wineserver writes into a file that has several links.
  execFileSync('cp', ['-al', join(template, 'drive_c'), clone]);
  for (const name of readdirSync(template)) {
    if (name.endsWith('.reg') || name === '.update-timestamp') copyFileSync(join(template, name), join(clone, name));
  }
  execFileSync('cp', ['-a', join(template, 'dosdevices'), clone]);
  for (const dll of dlls) {
    const target = join(clone, 'drive_c/windows/system32', basename(dll));
    rmSync(target);
    copyFileSync(dll, target);
  }
  mkdirSync(join(clone, 'tmp'));
  const base = wineEnv(clone, dlls.map((dll) => `${basename(dll, '.dll')}=n`).join(';'));
  const prefix: Prefix = {
    folder: clone,
    start([file, ...args], env, log, cwd) {
      const output = openSync(log, 'a');
      return spawn('wine', [file, ...args], { cwd, env: { ...base, ...env }, stdio: ['ignore', output, output] });
    },
    close() {
      open.delete(prefix);
      endPrefix(clone);
      rmSync(clone, { recursive: true, force: true });
    },
  };
  open.add(prefix);
  return prefix;
}

/** Kills what runs in a prefix, and waits until it is gone. Nothing runs there: neither command minds. */
function endPrefix(path: string): void {
  for (const option of ['-k', '-w']) {
    try {
      execFileSync('wineserver', [option], { env: wineEnv(path), stdio: 'ignore', timeout: 10_000 });
    } catch {
      // wineserver -k fails when no server runs.
    }
  }
}

/** Prefixes of test processes that were killed. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(folder)) {
    const owner = Number(/^run-(\d+)-/.exec(name)?.[1] ?? 0);
    if (owner === 0 || isAlive(owner)) continue;
    endPrefix(join(folder, name));
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** A Linux path as a program on Wine sees it. */
export function onWine(path: string): string {
  return `Z:${path.replaceAll('/', '\\')}`;
}
