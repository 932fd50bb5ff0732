/** Long answers, and clients that do not read them: real sockets on both sides. */
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type AnswerBounds, Answers } from '../../src/web/answers.ts';
import { get, startTestExporter } from '../support/exporter.ts';
import { entry, FakeRas } from '../support/fake-ras.ts';

const MB = 1e6;
const sockets: Socket[] = [];
const servers: Server[] = [];

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** A connection that asks and reads nothing of the answer. */
function deaf(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      socket.pause();
      socket.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n', () => resolve(socket));
    });
    sockets.push(socket);
    socket.on('error', () => {});
  });
}

describe('an answer', () => {
  async function serve(size: number, bounds: AnswerBounds) {
    const answers = new Answers(bounds);
    const body = Buffer.from(
      Array.from({ length: size / 10 }, (_, index) => `${index}`.padStart(9).concat('\n')).join(''),
    );
    let open = 0;
    const server = createServer((_request, response) => {
      open += 1;
      response.once('close', () => {
        open -= 1;
      });
      answers.send(response, body);
    });
    servers.push(server);
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port }: AddressInfo = Object.assign({ port: 0, address: '', family: '' }, server.address());
    return { answers, body: body.toString(), url: `http://127.0.0.1:${port}`, open: () => open };
  }

  it.each([10, 65_530, 70_000, 20 * MB])('of %d bytes comes whole, and HEAD has its length only', async (size) => {
    const { url, body, answers } = await serve(size, { patience: 5000, unsent: 64 * MB, shortPatience: 5000 });
    const answer = await get(url);
    expect(answer.headers['content-length']).toBe(String(body.length));
    expect(answer.body === body).toBe(true);
    const head = await get(url, {}, 'HEAD');
    expect([head.headers['content-length'], head.body]).toEqual([String(body.length), '']);
    expect(answers.unsent).toBe(0);
  });

  it('that is not read is given up after a while, and one that is read slowly is not', async () => {
    const { url, open, answers } = await serve(20 * MB, { patience: 2000, unsent: 1000 * MB, shortPatience: 2000 });
    await deaf(url);
    const slow = await deaf(url);
    let read = 0;
    slow.on('data', (chunk: Buffer) => {
      read += chunk.length;
      slow.pause();
    });
    const began = performance.now();
    // Six seconds for the whole of it.
    const reading = setInterval(() => slow.resume(), 20);
    await expect.poll(open).toBe(2);
    await expect.poll(open, { timeout: 5000 }).toBe(1);
    expect(performance.now() - began).toBeGreaterThan(1500);
    expect(slow.destroyed).toBe(false);
    clearInterval(reading);
    slow.removeAllListeners('data');
    slow.on('data', (chunk: Buffer) => {
      read += chunk.length;
    });
    slow.resume();
    await expect.poll(() => read, { timeout: 5000 }).toBeGreaterThan(20 * MB);
    await expect.poll(() => answers.unsent).toBe(0);
  });

  it('that is not read makes room for others when too much is unsent, the oldest first', async () => {
    const { url, open, answers } = await serve(20 * MB, { patience: 60_000, unsent: 30 * MB, shortPatience: 500 });
    const first = await deaf(url);
    let ended = false;
    first.once('close', () => {
      ended = true;
    });
    await sleep(1000);
    // One alone is within the bound.
    expect(open()).toBe(1);
    await deaf(url);
    await deaf(url);
    await expect.poll(open, { timeout: 5000 }).toBeLessThan(3);
    expect(answers.unsent).toBeLessThan(30 * MB + 20 * MB);
    first.resume();
    await expect.poll(() => ended).toBe(true);
    // Never more than four times the bound, however fast they come.
    for (let client = 0; client < 12; client += 1) await deaf(url);
    await expect.poll(() => answers.unsent).toBeLessThan(4 * 30 * MB);
  });
});

describe('clients that do not read a long answer', () => {
  it('do not keep Prometheus out', { timeout: 60_000 }, async () => {
    const ras = new FakeRas();
    ras.entries = Array.from({ length: 4000 }, (_, index) => entry(`Office ${index} ${'long '.repeat(20)}`));
    const running = await startTestExporter(ras, ['--web.max-requests=4', '--collectors.enabled=connections']);
    expect((await running.get('/metrics')).body.length).toBeGreaterThan(5 * MB);
    for (let client = 0; client < 8; client += 1) await deaf(running.url);
    for (let scrape = 0; scrape < 5; scrape += 1) {
      await expect.poll(async () => (await running.get('/metrics')).status, { timeout: 5000 }).toBe(200);
    }
    const { body } = await running.get('/metrics');
    await running.exporter.stop(0);
    // All of them were answered; none was kept waiting for a slot that a client held which does not read.
    expect(body).toContain('\nras_up 1\n');
  });
});
