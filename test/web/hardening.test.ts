/** Clients that are slow, rude or broken, and Prometheus among them. No web configuration is needed for any of this. */
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Connections, MAX_CONNECTIONS, MAX_PIPELINED } from '../../src/web/connections.ts';
import { startTestExporter } from '../support/exporter.ts';
import { connection, entry, FakeRas } from '../support/fake-ras.ts';

let ras: FakeRas;
let running: Awaited<ReturnType<typeof startTestExporter>>;
const sockets: Socket[] = [];

beforeEach(async () => {
  ras = new FakeRas();
  ras.connections = [connection()];
  ras.entries = [entry('Office VPN')];
  running = await startTestExporter(ras);
});
afterEach(async () => {
  ras.release();
  for (const socket of sockets.splice(0)) socket.destroy();
  await running.exporter.stop(0);
});

/** A connection that is there; errors are expected. */
function open(): Promise<Socket> {
  const { hostname, port } = new URL(running.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    sockets.push(socket);
    socket.on('error', () => {});
    socket.once('connect', () => resolve(socket));
    socket.once('close', () => resolve(socket));
  });
}

/** What is answered to these bytes until the connection ends. */
async function send(bytes: string): Promise<string> {
  const socket = await open();
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1');
  });
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(bytes);
  await Promise.race([closed, sleep(3000)]);
  return answer;
}

const GET = 'GET /metrics HTTP/1.1\r\nHost: x\r\n';

async function expectToServe(): Promise<void> {
  const { status, body } = await running.get('/metrics');
  expect([status, body.includes('\nras_up 1\n')]).toEqual([200, true]);
}

describe('a bad request', () => {
  it.each([
    ['a method that does not exist', 'BREW /metrics HTTP/1.1\r\nHost: x\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['CONNECT', 'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n', /^$/],
    ['TRACE', 'TRACE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', /^HTTP\/1\.1 405 /],
    ['no host', 'GET /metrics HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400 /],
    [
      'an upgrade',
      `GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: upgrade, close\r\nUpgrade: websocket\r\n\r\n`,
      /^HTTP\/1\.1 200 /,
    ],
    ['huge headers', `${GET}X: ${'x'.repeat(100_000)}\r\n\r\n`, /^HTTP\/1\.1 431 /],
    ['very many headers', `${GET}${'a: b\r\n'.repeat(10_000)}\r\n`, /^HTTP\/1\.1 431 /],
    ['a huge path', `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, /^HTTP\/1\.1 431 /],
    ['bytes that are none of HTTP', '\0\x01\x02\xff\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['a TLS handshake', '\x16\x03\x01\x00\x05hello\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['a body', `${GET}Content-Length: 5\r\n\r\nhello`, /^HTTP\/1\.1 413 /],
    [
      'a body that never comes',
      `POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n`,
      /^HTTP\/1\.1 413 /,
    ],
    ['a body in chunks', `${GET}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`, /^HTTP\/1\.1 413 /],
    ['a body that is announced', `${GET}Content-Length: 5\r\nExpect: 100-continue\r\n\r\n`, /^HTTP\/1\.1 413 /],
    ['two lengths', `${GET}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`, /^HTTP\/1\.1 400 /],
    [
      'a length and chunks',
      `${GET}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      /^HTTP\/1\.1 400 /,
    ],
    ['an expectation', `${GET}Expect: miracles\r\nConnection: close\r\n\r\n`, /^HTTP\/1\.1 417 /],
  ])('with %s is answered in short, and the exporter serves on', async (_, bytes, expected) => {
    const answer = await send(bytes);
    expect(answer).toMatch(expected);
    expect(answer).not.toMatch(/node|express|at .*\.(ts|js):\d|100 Continue/i);
    await expectToServe();
    expect(running.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('HTTP/1.0 and an old keep-alive are served', async () => {
    expect(await send('GET /-/healthy HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 .*Healthy\n$/s);
  });
});

describe('many requests in one go on a connection', () => {
  it('are answered one after the other, in order', async () => {
    const paths = ['/-/healthy', '/version', '/nowhere', '/health'];
    const requests = paths.map((path, index) => {
      const last = index === paths.length - 1 ? 'Connection: close\r\n' : '';
      return `GET ${path} HTTP/1.1\r\nHost: x\r\n${last}\r\n`;
    });
    const answer = await send(requests.join(''));
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual([200, 200, 404, 200].map((status) => `HTTP/1.1 ${status}`));
  });

  it('are no work for more than one at a time, and too many end the connection', async () => {
    ras.hangs.add('RasEnumConnectionsW');
    const socket = await open();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(`${GET}\r\n`.repeat(MAX_PIPELINED * 4));
    await closed;
    expect(ras.waiting).toBeLessThanOrEqual(1);
    ras.release();
    await expectToServe();
  });

  it('leave none behind that counts as in flight when the client hangs up', async () => {
    await running.exporter.stop(0);
    running = await startTestExporter(ras, ['--web.max-requests=2']);
    for (let round = 0; round < 20; round += 1) {
      const socket = await open();
      socket.write(`${GET}\r\n`.repeat(MAX_PIPELINED), () => socket.resetAndDestroy());
      await new Promise((resolve) => socket.once('close', resolve));
    }
    await expect.poll(async () => (await running.get('/metrics')).status).toBe(200);
    const both = await Promise.all([running.get('/metrics'), running.get('/metrics')]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
  });
});

describe('a client that does not read its answer', () => {
  it('is thrown out after a while', async () => {
    const size = 50e6;
    const connections = new Connections((_request, response) => void response.end(Buffer.alloc(size)), 300);
    const server = createServer((request, response) => connections.request(request, response));
    server.on('connection', (socket) => connections.add(socket));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const socket = connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => {});
    socket.write(`${GET}\r\n`);
    await expect.poll(() => connections.size).toBe(1);
    const began = performance.now();
    await expect.poll(() => connections.size, { timeout: 5000 }).toBe(0);
    expect(performance.now() - began).toBeGreaterThan(150);
    server.close();
  });
});

describe('clients that do not read, on every connection that there is', () => {
  it('make room after a while, the slowest first', { timeout: 20_000 }, async () => {
    const answer = Buffer.alloc(20e6);
    const connections = new Connections((_request, response) => void response.end(answer));
    const server = createServer((request, response) => connections.request(request, response));
    server.on('connection', (socket) => connections.add(socket));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const ask = () =>
      new Promise<Socket>((resolve) => {
        const socket = connect(typeof address === 'object' && address !== null ? address.port : 0, '127.0.0.1', () => {
          socket.pause();
          socket.write(`${GET}\r\n`, () => resolve(socket));
        });
        sockets.push(socket);
        socket.on('error', () => {});
        socket.once('close', () => resolve(socket));
      });
    const first = await ask();
    let cut = false;
    first.once('close', () => {
      cut = true;
    });
    for (let client = 1; client < MAX_CONNECTIONS; client += 1) await ask();
    await sleep(3200);
    expect(connections.size).toBe(MAX_CONNECTIONS);
    const late = await ask();
    let read = 0;
    late.on('data', (chunk: Buffer) => {
      read += chunk.length;
    });
    late.resume();
    await expect.poll(() => read).toBeGreaterThan(20e6);
    first.resume();
    await expect.poll(() => cut).toBe(true);
    connections.closeAll();
    server.close();
  });
});

describe('slow clients', () => {
  it('a thousand of them, a byte at a time, do not keep Prometheus out', { timeout: 60_000 }, async () => {
    const slow: Socket[] = [];
    const scraping = new AbortController();
    const replace = async (index: number) => {
      const socket = await open();
      slow[index] = socket;
    };
    await Promise.all(Array.from({ length: 1000 }, (_, index) => replace(index)));
    const bytes = Buffer.from(`${GET}X-Slow: ${'x'.repeat(2000)}`);
    let sent = 0;
    const dripping = (async () => {
      while (!scraping.signal.aborted) {
        for (const [index, socket] of slow.entries()) {
          // Whoever is thrown out comes back at once.
          if (socket.destroyed) await replace(index);
          else socket.write(bytes.subarray(sent % bytes.length, (sent % bytes.length) + 1));
          if (index % 100 === 0) await sleep(1);
        }
        sent += 1;
      }
    })();
    const times: number[] = [];
    for (let scrape = 0; scrape < 100; scrape += 1) {
      const began = performance.now();
      await expectToServe();
      times.push(performance.now() - began);
      await sleep(20);
    }
    scraping.abort();
    await dripping;
    const sorted = times.toSorted((a, b) => a - b);
    console.info(
      `100 scrapes, median ${sorted[50]?.toFixed(0)} ms, longest ${sorted.at(-1)?.toFixed(0)} ms, bytes dripped ${sent}`,
    );
    expect(sorted.at(-1)).toBeLessThan(2000);
  });

  it('that have said nothing are thrown out after ten seconds', { timeout: 20_000 }, async () => {
    const socket = await open();
    const began = performance.now();
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
    expect(performance.now() - began).toBeGreaterThan(8000);
    expect(performance.now() - began).toBeLessThan(14_000);
  });

  it('make room, the oldest first, and never whoever waits for an answer', async () => {
    ras.hangs.add('RasEnumConnectionsW');
    const scrape = running.get('/metrics', { 'X-Prometheus-Scrape-Timeout-Seconds': '20' });
    await expect.poll(() => ras.waiting).toBe(1);
    const first = await open();
    const others: Socket[] = [];
    for (let index = 0; index < MAX_CONNECTIONS + 50; index += 1) others.push(await open());
    await expect.poll(() => first.destroyed || first.readableEnded).toBe(true);
    expect(others.at(-1)?.destroyed).toBe(false);
    ras.release();
    expect((await scrape).status).toBe(200);
  });

  it('do not keep the exporter from stopping', async () => {
    for (let index = 0; index < 20; index += 1) (await open()).write(GET);
    const began = performance.now();
    await running.exporter.stop(5000);
    expect(performance.now() - began).toBeLessThan(1000);
  });
});
