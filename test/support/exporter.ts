/** A running exporter inside the test process, on a free port of the loopback interface. */

import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { startExporter } from '../../src/commands/run.ts';
import { parseCommandLine } from '../../src/config/command-line.ts';
import { resolveConfig } from '../../src/config/config.ts';
import type { RasApi } from '../../src/ras/api.ts';
import type { Windows } from '../../src/ras/windows.ts';
import { machine } from './machine.ts';
import { memoryLog } from './memory-log.ts';

/** Starts the exporter over a machine, or over `RasApi` and an otherwise silent one, with the given flags. */
export async function startTestExporter(
  on: RasApi | Windows,
  args: readonly string[] = [],
  ready = true,
  environment = {},
) {
  const invocation = parseCommandLine(['--web.listen-address=127.0.0.1:0', ...args]);
  if (invocation.command === 'print') throw new Error(invocation.text);
  const log = memoryLog();
  const exporter = await startExporter(
    resolveConfig(invocation.flags, environment),
    'ras' in on ? on : machine(on),
    ready,
    log,
  );
  const url = `http://${exporter.addresses[0]}`;
  return { url, log, exporter, get: (path: string, headers = {}, method = 'GET') => get(url + path, headers, method) };
}

/** An HTTP answer, its body unpacked. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A plain request; `fetch` would add headers of its own and unpack behind our back. */
export function get(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers, method, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const raw = Buffer.concat(chunks);
        const body = response.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: body.toString() });
      });
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}
