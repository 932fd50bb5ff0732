/** Somebody guesses passwords, hundreds at a time; the others are to be let in all the same. */
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { networkOf } from '../../../src/web/config/network.ts';
import { isMissing } from '../../support/requirements.ts';
import { login, USERS_YAML, useWebConfig } from '../../support/web-config.ts';

describe.skipIf(isMissing('openssl'))('a flood of logins from one address', () => {
  const web = useWebConfig();
  const sockets: Socket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  /** Guesses bob's password, at 60 ms each: all together half a minute of work. */
  async function flood(url: string, leave: boolean): Promise<void> {
    const { port } = new URL(url);
    const guesses = Array.from({ length: 440 }, (_, index) => {
      const { Authorization } = login('bob', `guess ${index}`);
      return new Promise<void>((resolve) => {
        const socket = connect({ port: Number(port), host: '127.0.0.1', localAddress: '127.0.0.2' }, () => {
          const bytes = `GET /-/healthy HTTP/1.1\r\nHost: x\r\nAuthorization: ${Authorization}\r\n\r\n`;
          socket.write(bytes, () => resolve());
          if (leave) socket.end();
        });
        sockets.push(socket);
        socket.on('error', () => {});
        if (!leave) socket.resume();
      });
    });
    await Promise.all(guesses);
  }

  /** What a client is answered, and after how many milliseconds. */
  function ask(url: string, from: string, password: string): Promise<{ status: number; took: number }> {
    const began = performance.now();
    return new Promise((resolve, reject) => {
      const headers = login('carol', password);
      const sent = request(`${url}/-/healthy`, { agent: false, localAddress: from, headers }, (response) => {
        response.resume();
        response.on('end', () => resolve({ status: response.statusCode ?? 0, took: performance.now() - began }));
      });
      sent.on('error', reject);
      sent.end();
    });
  }

  it.each([
    ['who wait for the answer', false],
    ['who leave as soon as they have asked', true],
  ])('does not keep out another address: clients %s', { timeout: 60_000 }, async (_, leave) => {
    const exporter = await web.start(USERS_YAML);
    await flood(exporter.url, leave);
    const answer = await ask(exporter.url, '127.0.0.1', 'lorac');
    expect(answer.status).toBe(200);
    expect(answer.took).toBeLessThan(3000);
  });

  it('is over when its clients have left, also for its own address', { timeout: 60_000 }, async () => {
    const exporter = await web.start(USERS_YAML);
    await flood(exporter.url, false);
    for (const socket of sockets) socket.destroy();
    const answer = await ask(exporter.url, '127.0.0.2', 'lorac');
    expect(answer.status).toBe(200);
    expect(answer.took).toBeLessThan(3000);
  });
});

describe('who counts as one client', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['2001:db8:0:0:1:2:3:4', '2001:db8:0:0'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['', ''],
  ])('%s is of %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
