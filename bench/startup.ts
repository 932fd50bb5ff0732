/** Start and idle memory: the bundle against a bare `node:http` server. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { median, residentMegabytes } from './measure.ts';

const RUNS = 21;

export interface StartCost {
  /** Milliseconds from the start of the process to the first successful scrape. */
  readonly start: number;
  /** Resident MB a second after it, idle. */
  readonly memory: number;
}

/** Costs of the bundle at `bundle` and of a server of three lines, measured in turns. */
export async function startCosts(bundle: string): Promise<{ readonly product: StartCost; readonly bare: StartCost }> {
  const bareServer = join(mkdtempSync(join(tmpdir(), 'ras_exporter-bench-')), 'bare.cjs');
  writeFileSync(
    bareServer,
    "require('node:http').createServer((q, s) => s.end('ok')).listen(Number(process.argv[2]), '127.0.0.1');\n",
  );
  const product: StartCost[] = [];
  const bare: StartCost[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    // Below those that the system gives to clients: one of them may still be held by a connection that has ended.
    const port = 12_000 + Math.floor(Math.random() * 20_000);
    bare.push(await startOnce([bareServer, String(port)], port));
    product.push(
      await startOnce([bundle, `--web.listen-address=127.0.0.1:${port + 1}`, '--log.level=error'], port + 1),
    );
  }
  const of = (costs: readonly StartCost[]): StartCost => ({
    start: median(costs.map(({ start }) => start)),
    memory: median(costs.map(({ memory }) => memory)),
  });
  return { product: of(product), bare: of(bare) };
}

async function startOnce(args: readonly string[], port: number): Promise<StartCost> {
  const began = performance.now();
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  const exited = once(child, 'exit');
  try {
    while (!(await answers(port))) {
      if (child.exitCode !== null) throw new Error(`${args.join(' ')} ended with ${child.exitCode}`);
      await sleep(1);
    }
    const start = performance.now() - began;
    await sleep(1000);
    return { start, memory: residentMegabytes(child.pid ?? 0) };
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const sent = request({ host: '127.0.0.1', port, path: '/metrics', agent: false }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode === 200));
    });
    sent.on('error', () => resolve(false));
    sent.end();
  });
}
