/** TLS clients that begin a handshake and do not end it. */
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { isMissing } from '../../support/requirements.ts';
import { useWebConfig } from '../../support/web-config.ts';

const TLS = 'tls_server_config: { cert_file: server.crt, key_file: server.key }\n';

describe.skipIf(isMissing('openssl'))('a TLS listener', () => {
  const web = useWebConfig();
  const sockets: Socket[] = [];
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
  });

  function open(url: string): Promise<Socket> {
    return new Promise((resolve) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1');
      sockets.push(socket);
      socket.on('error', () => {});
      socket.once('connect', () => resolve(socket));
      socket.once('close', () => resolve(socket));
    });
  }

  it('serves while a thousand handshakes stand still, one byte, five or none after the start', {
    timeout: 60_000,
  }, async () => {
    const exporter = await web.start(TLS);
    const beginnings = ['', '\x16', '\x16\x03\x01\x02\x00'];
    for (let index = 0; index < 1000; index += 1) {
      const socket = await open(exporter.url);
      socket.write(Buffer.from(beginnings[index % 3] ?? '', 'latin1'));
      if (index % 50 === 0) expect((await web.getTls(exporter)).status).toBe(200);
    }
    expect((await web.getTls(exporter)).status).toBe(200);
  });

  it('serves after bytes that are no handshake, in its middle or instead of it', async () => {
    const exporter = await web.start(TLS);
    for (const bytes of [
      '\x16\x03\x01\x00\x05hello',
      '\x16'.repeat(100),
      '\0',
      '\x80\x2e\x01\x03\x01',
      'G',
      'hello\r\n',
      '\x16\x03\x01\xff\xff',
    ]) {
      const socket = await open(exporter.url);
      socket.write(Buffer.from(bytes, 'latin1'));
      expect((await web.getTls(exporter)).status).toBe(200);
    }
    const tls = connectTls({ port: Number(new URL(exporter.url).port), host: '127.0.0.1', rejectUnauthorized: false });
    tls.on('error', () => {});
    await new Promise((resolve) => tls.once('secureConnect', resolve));
    // Below TLS, in the middle of it.
    tls.write('GET /met', () => tls.destroy());
    expect((await web.getTls(exporter)).status).toBe(200);
    expect(exporter.log.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('stops at once while handshakes stand still', async () => {
    const exporter = await web.start(TLS);
    for (let index = 0; index < 10; index += 1) (await open(exporter.url)).write(Buffer.from([0x16, 3, 1]));
    const began = performance.now();
    await exporter.exporter.stop(5000);
    expect(performance.now() - began).toBeLessThan(1000);
  });
});
