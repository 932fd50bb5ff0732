/** The exporter as a user starts it: a process of its own, from the sources. */
import { resolve } from 'node:path';
import { vi } from 'vitest';
import { type Answer, get } from './exporter.ts';
import { type Ended, type Program, startProgram } from './program.ts';

const main = resolve(import.meta.dirname, '../../src/main.ts');

/** Node.js and all modules, on a machine that has better to do. */
const START_TIMEOUT_MS = 15_000;

export interface ExporterProcess extends Program {
  readonly url: string;
  readonly port: number;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
}

export interface ExporterProcessOptions {
  /** Default: a free one of the loopback interface. */
  readonly port?: number;
  /** Arguments of Node.js itself. */
  readonly node?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts it and waits until it answers. Its log is read from standard error, or with `--log.file=stdout` from there. */
export async function startExporterProcess(
  args: readonly string[] = [],
  { port: wanted = 0, node = [], env = {} }: ExporterProcessOptions = {},
): Promise<ExporterProcess> {
  const flags = [`--web.listen-address=127.0.0.1:${wanted}`, ...args];
  const program = startProgram(process.execPath, [...node, main, ...flags], { env });
  const listening = () => {
    const found = /msg=Listening address=127\.0\.0\.1:(?<port>\d+)/.exec(program.stderr() + program.stdout());
    if (found === null) throw new Error(`it does not listen: ${program.stderr()}`);
    return Number(found.groups?.port);
  };
  const port = await vi.waitFor(listening, { timeout: START_TIMEOUT_MS, interval: 20 });
  const url = `http://127.0.0.1:${port}`;
  // Once it answers it has gone past everything that a start does.
  await get(`${url}/-/healthy`);
  return { ...program, url, port, get: (path, headers) => get(url + path, headers) };
}

/** Runs it until it ends by itself. */
export function runExporter(args: readonly string[]): Promise<Ended> {
  return startProgram(process.execPath, [main, ...args]).ended;
}
