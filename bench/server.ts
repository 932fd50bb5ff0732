/**
 * A server for the bench: `node bench/server.ts ENCODER CONNECTIONS`. Prints its port, and answers `/cpu` with the CPU time that
 * it has used. All but the encoder is the product: API, collector, scrape, negotiation, compression.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { allCollectors } from '../src/collectors/index.ts';
import { Scraper } from '../src/collectors/scrape.ts';
import { resolveConfig } from '../src/config/config.ts';
import { negotiateFormat } from '../src/outputs/prometheus/accept.ts';
import { comparable, ENCODERS } from './encoders.ts';
import { simulatedMachine } from './simulated.ts';

const [name = 'product', connections = '3'] = process.argv.slice(2);
const encode = (name === 'hand' ? ENCODERS.hand : name === 'idiomatic' ? ENCODERS.idiomatic : ENCODERS.product)();
const scraper = new Scraper(simulatedMachine(Number(connections)), allCollectors(resolveConfig({}, {})));

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { families } = await scraper.scrape(10_000);
  const format = negotiateFormat(request.headers.accept);
  const body = Buffer.from(await encode(comparable(families), format));
  const gzip = request.headers['accept-encoding'] === 'gzip';
  const encoded = gzip ? gzipSync(body, { level: 1 }) : body;
  response.setHeader('Content-Type', format.contentType);
  if (gzip) response.setHeader('Content-Encoding', 'gzip');
  response.setHeader('Content-Length', encoded.length);
  response.end(encoded);
}

const server = createServer((request, response) => {
  const { user, system } = process.cpuUsage();
  if (request.url === '/cpu') response.end(String(user + system));
  else void answer(request, response);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) process.stdout.write(`${address.port}\n`);
});
