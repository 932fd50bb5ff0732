/**
 * Makes `app.cache` in the folder that it is started from, by the Node.js that it is for: runs the exporter there, scrapes and
 * stops it, and has V8 write down every function that this took.
 */
import { subscribe } from 'node:diagnostics_channel';
import { readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { Server } from 'node:net';
import { join } from 'node:path';
import { APP, type App, CACHE, compileApp, sealCache } from './code-cache.ts';

/** Both formats, compressed and not. What `check` and scenario files need stays out: every other start would pay for it. */
const REQUESTS = [
  { accept: 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5', 'accept-encoding': 'gzip' },
  { accept: 'text/plain;version=0.0.4' },
];

/** Longest delay that Node.js takes, in milliseconds. */
const NEVER = 2 ** 31 - 1;

/**
 * Nothing that is given a time here ends before it has ended by itself. On a busy machine some would, functions would be called that
 * others do not call, and the cache would be another one.
 */
const startTimer = globalThis.setTimeout;
for (const name of ['setTimeout', 'setInterval']) {
  Reflect.set(globalThis, name, () => startTimer(() => {}, NEVER).unref());
}

/** The same name wherever it is made: V8 writes it into the cache, and puts the real one in its place when it reads it. */
const script = compileApp(__dirname, APP);
let scraped = false;

process.once('exit', (code) => {
  if (code !== 0 || !scraped) return;
  const source = readFileSync(join(__dirname, APP));
  writeFileSync(join(__dirname, CACHE), sealCache(script.createCachedData(), source));
});

/** Starts the exporter in this process; resolves with its port. */
function startApp(api: string): Promise<number> {
  const port = new Promise<number>((resolve) => {
    subscribe('tracing:net.server.listen:asyncEnd', (message) => {
      if (typeof message !== 'object' || message === null || !('server' in message)) return;
      const address = message.server instanceof Server ? message.server.address() : null;
      if (typeof address === 'object' && address !== null) resolve(address.port);
    });
  });
  process.argv = [process.execPath, APP, '--web.listen-address=127.0.0.1:0', `--ras.api=${api}`];
  const app: App = script.runInThisContext();
  app(require);
  return port;
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

async function record(): Promise<void> {
  // On Windows the first is the API of the machine, which need not have a connection. The second has some.
  for (const api of ['auto', 'simulated']) {
    const port = await startApp(api);
    for (const headers of REQUESTS) await scrape(port, headers);
  }
  scraped = true;
  // It ends the process.
  process.emit('SIGTERM', 'SIGTERM');
}

void record();
