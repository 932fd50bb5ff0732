/**
 * The packaged exporter on Wine: node.exe, the bundle, koffi for Windows, and either the double of rasapi32.dll or Wine's own.
 *
 * ```ts
 * const exporter = await startOnWine({ dll: 'double', env: double.env.wine });
 * const metrics = await (await fetch(`${exporter.url}/metrics`)).text();
 * exporter.stop();
 * ```
 */
import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { link, readdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { request as requestTls } from 'node:https';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildOnce } from '../../scripts/build-once.ts';
import { packageWindows, windowsModules } from '../../scripts/package-windows.ts';
import { onWine, openPrefix, type Prefix } from '../../scripts/wine-prefix.ts';
import type { RasFunction } from '../../src/ras/api.ts';
import { buildDouble, type DoubleDll } from './double.ts';
import { freePort } from './program.ts';

const root = resolve(import.meta.dirname, '../..');

/** For hooks that use Wine first: making the prefix and installing node.exe takes up to a minute on a fresh machine. */
export const WINE_SETUP_TIMEOUT_MS = 180_000;

const START_TIMEOUT_MS = 30_000;

/** Which rasapi32.dll stands in System32: the double, one that lacks functions, or Wine's own. */
export type RasDll = 'double' | 'builtin' | { readonly without: readonly RasFunction[] };

export interface WineOptions {
  readonly dll: RasDll;
  /** Of which other DLLs a double stands in System32. */
  readonly doubles?: readonly DoubleDll[];
  /** After `--web.listen-address`, which is set. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Paths of further files for `node.exe -r`. */
  readonly preload?: readonly string[];
  readonly scheme?: 'http' | 'https';
}

/** An exporter that runs on Wine. */
export interface WineExporter {
  readonly url: string;
  /** Exit code; `null` when it was killed. */
  readonly exitCode: Promise<number | null>;
  /** Standard output and standard error so far. */
  log(): string;
  /** Runs another program in its prefix to its end; resolves with the exit code. */
  beside(file: string, ...args: readonly string[]): Promise<number | null>;
  /** Threads of node.exe. */
  threadCount(): number;
  /** Resident memory of node.exe. */
  residentBytes(): number;
  /** What a console or a service would do with SIGTERM; resolves with the exit code. */
  terminate(): Promise<number | null>;
  /** Kills it with everything that runs in its prefix. */
  stop(): void;
}

/** Starts the packaged exporter and waits until it answers. */
export async function startOnWine(options: WineOptions): Promise<WineExporter> {
  const folder = await windowsPackage();
  const prefix = await openPrefix(await dllsOf(options));
  const port = await freePort();
  const url = `${options.scheme ?? 'http'}://127.0.0.1:${port}`;
  const sigterm = join(prefix.folder, 'tmp/sigterm');
  const preloads = [join(root, 'test/windows/sigterm-on-file.cjs'), ...(options.preload ?? [])];
  const program = run(
    prefix,
    [
      join(folder, 'node.exe'),
      ...preloads.flatMap((file) => ['-r', onWine(file)]),
      onWine(join(folder, 'ras_exporter.cjs')),
      `--web.listen-address=127.0.0.1:${port}`,
      ...(options.args ?? []),
    ],
    { SIGTERM_ON_FILE: onWine(sigterm), ...options.env },
  );
  const exporter: WineExporter = {
    url,
    exitCode: program.exitCode,
    log: program.log,
    beside(file, ...args) {
      const child = prefix.start([file, ...args], {}, join(prefix.folder, 'tmp/beside.log'));
      return new Promise((done, fail) => {
        child.once('exit', done);
        child.once('error', fail);
      });
    },
    threadCount: () => readdirSync(`/proc/${program.pid}/task`).length,
    residentBytes: () => Number(readFileSync(`/proc/${program.pid}/statm`, 'utf8').split(' ')[1]) * 4096,
    terminate() {
      writeFileSync(sigterm, '');
      return program.exitCode;
    },
    stop: program.stop,
  };
  try {
    await untilAnswers(url, program);
  } catch (error) {
    exporter.stop();
    throw error;
  }
  return exporter;
}

/** Runs the packaged exporter to its end, e.g. for `check`; `log` holds standard output and standard error. */
export async function runOnWine(
  options: Pick<WineOptions, 'dll' | 'doubles' | 'args' | 'env'>,
): Promise<{ readonly exitCode: number | null; readonly log: string }> {
  const folder = await windowsPackage();
  const prefix = await openPrefix(await dllsOf(options));
  const command = [join(folder, 'node.exe'), onWine(join(folder, 'ras_exporter.cjs'))] as const;
  const program = run(prefix, [...command, ...(options.args ?? [])], options.env ?? {});
  const exitCode = await program.exitCode;
  program.stop();
  return { exitCode, log: program.log() };
}

/** Runs a script with node.exe to its end. Its first argument is the path of `koffi.node`. */
export async function runScriptOnWine(
  script: string,
  options: Pick<WineOptions, 'dll' | 'doubles' | 'args' | 'env'>,
): Promise<{ readonly exitCode: number | null; readonly log: string }> {
  const { node, koffi } = await windowsModules();
  const prefix = await openPrefix(await dllsOf(options));
  const program = run(prefix, [node, onWine(script), onWine(koffi), ...(options.args ?? [])], options.env ?? {});
  const exitCode = await program.exitCode;
  program.stop();
  return { exitCode, log: program.log() };
}

interface Program {
  readonly pid: number;
  readonly exitCode: Promise<number | null>;
  readonly process: ChildProcess;
  log(): string;
  stop(): void;
}

function run(prefix: Prefix, command: readonly [string, ...string[]], env: Readonly<Record<string, string>>): Program {
  const file = join(prefix.folder, 'tmp/output.log');
  const child = prefix.start(command, env, file);
  const exitCode = new Promise<number | null>((done) => {
    child.once('exit', done);
    child.once('error', () => done(null));
  });
  let kept: string | undefined;
  const log = () => kept ?? (existsSync(file) ? readFileSync(file, 'utf8') : '');
  return {
    pid: child.pid ?? 0,
    exitCode,
    process: child,
    log,
    stop() {
      if (kept !== undefined) return;
      kept = log();
      child.kill('SIGKILL');
      prefix.close();
    },
  };
}

async function dllsOf({ dll, doubles = [] }: Pick<WineOptions, 'dll' | 'doubles'>): Promise<string[]> {
  const others = await Promise.all(doubles.map((name) => buildDouble('windows', [], name)));
  return dll === 'builtin' ? others : [await buildDouble('windows', dll === 'double' ? [] : dll.without), ...others];
}

/** The package of the sources as they stand, made once for all suites. */
export async function windowsPackage(): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of ['src', 'scripts', 'installer']) {
    const names = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
    const files = names.filter((name) => name.isFile()).map((name) => join(name.parentPath, name.name));
    for (const file of files.toSorted()) hash.update(file).update(await readFile(file));
  }
  hash.update(await readFile(join(root, 'package.json'))).update(await readFile(join(root, 'package-lock.json')));
  const folder = join(root, 'build/windows-package', hash.digest('hex').slice(0, 16));
  // Links: one node.exe of 90 MB is enough for every state of the sources.
  await buildOnce(folder, async (draft) => void (await packageWindows(draft, link)));
  return folder;
}

async function untilAnswers(url: string, program: Program): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let ended = false;
  void program.exitCode.then(() => {
    ended = true;
  });
  while (!(await answers(`${url}/-/healthy`))) {
    if (ended) throw new Error(`The exporter ended with ${await program.exitCode}:\n${program.log()}`);
    if (Date.now() > deadline) throw new Error(`No answer from ${url}:\n${program.log()}`);
    await sleep(50);
  }
}

/** Whether any answer comes, be it 401: not `fetch`, which would refuse a self-signed certificate. */
function answers(url: string): Promise<boolean> {
  return new Promise((done) => {
    const options = { agent: false, rejectUnauthorized: false, timeout: 2000 };
    const asked = url.startsWith('https:') ? requestTls(url, options) : request(url, options);
    asked.once('response', (response) => {
      response.resume();
      done(true);
    });
    asked.once('timeout', () => asked.destroy());
    // A server that wants a client certificate ends the connection: it is there, but only plain refusal says no.
    asked.once('error', (error) => done(!('code' in error && error.code === 'ECONNREFUSED')));
    asked.end();
  });
}
