/**
 * Makes `app.cache` in the folder that it is started from, by the Node.js that it is for: runs the exporter there, scrapes and
 * stops it, and has V8 write down the functions that this took.
 */
import { subscribe } from 'node:diagnostics_channel';
import { readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { Server } from 'node:net';
import { join } from 'node:path';
import { APP, type App, CACHE, compileApp, sealCache } from './code-cache.ts';

/** What is compiled without being run is no use, and what `check` or a scenario file needs would slow every other start. */
const REQUESTS = [
  { accept: 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5', 'accept-encoding': 'gzip' },
  { accept: 'text/plain;version=0.0.4', 'accept-encoding': 'gzip' },
  { accept: '*/*' },
];

const script = compileApp(__dirname);

/** Runs the exporter from its start to its end. */
async function run(api: string): Promise<void> {
  process.argv = [process.execPath, APP, '--web.listen-address=127.0.0.1:0', `--ras.api=${api}`];
  const ended = new Promise<void>((resolve, reject) => {
    process.exit = (code) => {
      if (code === 0) resolve();
      else reject(new Error(`the exporter ended with ${code}`));
      return undefined as never;
    };
  });
  const app: App = script.runInThisContext();
  app(require);
  const port = await listening();
  for (const headers of REQUESTS) await scrape(port, headers);
  process.emit('SIGTERM', 'SIGTERM');
  await ended;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGBREAK']) process.removeAllListeners(signal);
}

let onListening: (port: number) => void = () => {};

subscribe('tracing:net.server.listen:asyncEnd', (message) => {
  if (typeof message !== 'object' || message === null || !('server' in message)) return;
  const address = message.server instanceof Server ? message.server.address() : null;
  if (typeof address === 'object' && address !== null) onListening(address.port);
});

function listening(): Promise<number> {
  return new Promise((resolve) => {
    onListening = resolve;
  });
}

function scrape(port: number, headers: Record<string, string>): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = get({ host: '127.0.0.1', port, path: '/metrics', headers, agent: false }, (response) => {
      response.resume();
      response.once('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`/metrics answered ${response.statusCode}`));
      });
    });
    sent.once('error', reject);
  });
}

const { exit } = process;

async function record(): Promise<void> {
  // On Windows the first is the real API, which has no connections here; the second has some.
  for (const api of ['auto', 'simulated']) await run(api);
  const source = readFileSync(join(__dirname, APP));
  writeFileSync(join(__dirname, CACHE), sealCache(script.createCachedData(), source));
}

record().then(
  () => exit(0),
  (error: unknown) => {
    console.error(error);
    exit(1);
  },
);
