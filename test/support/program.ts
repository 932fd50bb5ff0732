/**
 * Programs that a test starts: what they print, how they end, and that none outlives the test.
 *
 * ```ts
 * afterEach(endPrograms);
 * const program = startProgram('promtool', ['--version']);
 * expect(await program.ended).toMatchObject({ exitCode: 0 });
 * ```
 */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { createServer } from 'node:net';

/** How a program ended. */
export interface Ended {
  /** `null` when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs. */
export interface Program {
  readonly pid: number;
  /** Settles when it has ended and all that it printed has been read. */
  readonly ended: Promise<Ended>;
  readonly process: ChildProcess;
  /** What it has printed so far. */
  stdout(): string;
  stderr(): string;
  /** Sends it a signal; to every process of its group when it was started `detached`, as a terminal does. */
  kill(signal: NodeJS.Signals): void;
}

export interface ProgramOptions extends Pick<SpawnOptions, 'cwd' | 'detached'> {
  /** The whole environment beside PATH: nothing that a developer has set gets in. */
  readonly env?: Readonly<Record<string, string>>;
}

const running = new Set<Program>();
process.once('exit', () => killAll());

export function startProgram(file: string, args: readonly string[], options: ProgramOptions = {}): Program {
  const { env, ...rest } = options;
  const child = spawn(file, args, {
    ...rest,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      printed[stream] += text;
    });
  }
  const program: Program = {
    pid: child.pid ?? 0,
    process: child,
    ended: new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (exitCode, signal) => {
        running.delete(program);
        resolve({ exitCode, signal, ...printed });
      });
    }),
    stdout: () => printed.stdout,
    stderr: () => printed.stderr,
    kill(signal) {
      if (options.detached === true) killGroup(program.pid, signal);
      else child.kill(signal);
    },
  };
  running.add(program);
  return program;
}

/** Kills every program that still runs. */
export async function endPrograms(): Promise<void> {
  const ended = [...running].map((program) => program.ended);
  killAll();
  await Promise.all(ended);
}

function killAll(): void {
  for (const program of running) program.kill('SIGKILL');
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in it.
  }
}

/** A port of the loopback interface on which nothing listens. */
export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => done(port));
    });
  });
}
