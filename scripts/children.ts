/** Programs that a script starts on the loopback interface, waits for, and ends again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;

/** How a program is started. */
export interface Start {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  /** An address that answers 200 when it works. */
  readonly ready: string;
}

/** An address of the loopback interface: with the wanted port, or with a free one when that is taken. */
export async function loopbackAddress(wanted = 0): Promise<string> {
  for (const port of [wanted, 0]) {
    const server = createServer();
    server.listen(port, '127.0.0.1');
    const listens = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!listens) continue;
    const found = server.address();
    server.close();
    await once(server, 'close');
    if (typeof found === 'object' && found !== null) return `127.0.0.1:${found.port}`;
  }
  throw new Error('no port of the loopback interface is free');
}

export class Children {
  readonly #folder: string;
  readonly #running = new Set<ChildProcess>();

  /** @param folder for the output of the programs, which is shown when one fails */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Starts a program and waits until it works.
   *
   * @returns what is rejected when the program ends, and how to end it alone
   */
  async start({ name, file, args, ready }: Start): Promise<{ readonly failed: Promise<never>; stop(): void }> {
    const log = join(this.#folder, `${name}.log`);
    const output = openSync(log, 'w');
    // A group of its own: Ctrl+C reaches us only, and we end it in order.
    const child = spawn(file, args, { cwd: this.#folder, detached: true, stdio: ['ignore', output, output] });
    this.#running.add(child);
    const failed = new Promise<never>((_, reject) => {
      child.once('error', reject);
      child.once('exit', () => {
        this.#running.delete(child);
        reject(new Error(`${name} has ended:\n${readFileSync(log, 'utf8').slice(-2000)}`));
      });
    });
    // Nobody may be waiting any more when it is ended.
    failed.catch(() => {});
    const late = sleep(START_TIMEOUT_MS, undefined, { ref: false }).then(() => {
      throw new Error(`${name} does not answer:\n${readFileSync(log, 'utf8').slice(-2000)}`);
    });
    late.catch(() => {});
    await Promise.race([answers(ready, child), failed, late]);
    return { failed, stop: () => void child.kill('SIGTERM') };
  }

  /** Ends all of them. */
  async stop(): Promise<void> {
    const ended = Promise.all([...this.#running].map((child) => once(child, 'exit')));
    for (const child of this.#running) child.kill('SIGTERM');
    const late = sleep(STOP_TIMEOUT_MS, 'late', { ref: false });
    if ((await Promise.race([ended, late])) === 'late') for (const child of this.#running) child.kill('SIGKILL');
    await ended;
  }
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) {
    const status = await fetch(url).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200) return;
    await sleep(100);
  }
}
