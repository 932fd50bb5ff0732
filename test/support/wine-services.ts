/**
 * A Wine prefix with its service control manager, and the packaged exporter to be installed in it.
 *
 * Wine ends all services about a second after the last other program: one that waits is kept.
 */
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onWine, openPrefix } from '../../scripts/wine-prefix.ts';
import { windowsPackage } from './wine.ts';
import { recordsOf, SHOWN_RECORDS } from './wine-eventlog.ts';

/** A program that has ended. */
export interface Ran {
  readonly exitCode: number | null;
  /** Standard output and standard error. */
  readonly text: string;
}

/** What `sc query` says of the service. */
export interface QueriedState {
  /** `RUNNING` */
  readonly state: string;
  readonly exitCode: number;
  readonly specificCode: number;
}

export interface ServiceBench {
  /** Of the prefix. */
  readonly folder: string;
  /** node.exe and ras_exporter.cjs, as Windows programs see them. */
  readonly program: readonly [string, string];
  /** Runs a program of Windows. */
  run(file: string, ...args: readonly string[]): Promise<Ran>;
  /** Runs the exporter as a command. */
  exporter(...args: readonly string[]): Promise<Ran>;
  /** @throws when there is no service */
  query(): Promise<QueriedState>;
  /** The values of the registry below what holds services, without time stamps. */
  registry(): Promise<string>;
  /** Process ids, on Linux, of services that run. */
  processes(): readonly number[];
  /** What was written to the event log. */
  records(): readonly string[];
  close(): void;
}

const KEPT_MS = 600_000;

/**
 * @param dlls of System32
 * @param variables of the environment of services
 */
export async function openServiceBench(
  dlls: readonly string[] = [],
  variables: Readonly<Record<string, string>> = {},
): Promise<ServiceBench> {
  const folder = await windowsPackage();
  const prefix = await openPrefix(dlls);
  setSystemEnvironment(join(prefix.folder, 'system.reg'), variables);
  const serviceLog = join(prefix.folder, 'tmp/services.log');
  const node = join(folder, 'node.exe');
  // Services have the standard error of what was started first.
  const waiting = `console.log('waiting'); setTimeout(() => {}, ${KEPT_MS})`;
  const kept = prefix.start([node, '-e', waiting], SHOWN_RECORDS, serviceLog);
  await until('what keeps Wine running', () => readFileSync(serviceLog, 'utf8').includes('waiting'));
  let runs = 0;
  const run = async (file: string, ...args: readonly string[]): Promise<Ran> => {
    runs += 1;
    const log = join(prefix.folder, `tmp/run-${runs}.log`);
    const [exitCode] = await once(prefix.start([file, ...args], {}, log), 'exit');
    return { exitCode, text: readFileSync(log, 'utf8').replaceAll('\r', '') };
  };
  const script = onWine(join(folder, 'ras_exporter.cjs'));
  const bench: ServiceBench = {
    folder: prefix.folder,
    program: [onWine(node), script],
    run,
    exporter: (...args) => run(node, script, ...args),
    async query() {
      const { text } = await run('sc', 'query', 'ras_exporter');
      const { state, exitCode, specificCode } =
        /STATE +: \d +(?<state>\w+)\s+WIN32_EXIT_CODE +: (?<exitCode>\d+).*\s+SERVICE_EXIT_CODE +: (?<specificCode>\d+)/.exec(
          text,
        )?.groups ?? {};
      if (state === undefined) throw new Error(`there is no service: ${text}`);
      return { state, exitCode: Number(exitCode), specificCode: Number(specificCode) };
    },
    async registry() {
      return (await run('reg', 'query', 'HKLM\\System\\CurrentControlSet\\Services', '/s')).text;
    },
    processes: () =>
      readdirSync('/proc')
        .map(Number)
        .filter((pid) => isService(pid) && listOf(pid, 'environ').includes(`WINEPREFIX=${prefix.folder}`)),
    records: () => recordsOf(readFileSync(serviceLog, 'utf8')),
    close() {
      kept.kill('SIGKILL');
      prefix.close();
    },
  };
  await until('the services of Wine', async () => /RUNNING/.test((await run('sc', 'query', 'EventLog')).text));
  return bench;
}

/** Before Wine starts: its service control manager reads the environment of the system once. */
function setSystemEnvironment(file: string, variables: Readonly<Record<string, string>>): void {
  const lines = Object.entries(variables).map(([name, value]) => `"${name}"="${value.replaceAll('\\', '\\\\')}"\n`);
  const section = /^\[System\\\\\w+\\\\Control\\\\Session Manager\\\\Environment\].*\n(?:#.*\n)*/m;
  const registry = readFileSync(file, 'latin1');
  writeFileSync(
    file,
    registry.replace(section, (head) => head + lines.join('')),
    'latin1',
  );
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (await isSo()) return;
    await sleep(100);
  }
  throw new Error(`waited in vain for ${what}`);
}

function isService(pid: number): boolean {
  const args = listOf(pid, 'cmdline');
  return args.some((arg, index) => arg === 'service' && args[index + 1] === 'run');
}

/** What /proc says of a process, as long as there is one. */
function listOf(pid: number, file: 'cmdline' | 'environ'): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
