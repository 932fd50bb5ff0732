/** The file and the certificates change while the exporter runs. */
import { copyFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { join } from 'node:path';
import type { PeerCertificate } from 'node:tls';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Certificate } from '../../support/certificates.ts';
import { isMissing } from '../../support/requirements.ts';
import { login, type RunningExporter, USERS_YAML, useWebConfig } from '../../support/web-config.ts';

const TLS = 'tls_server_config:\n  cert_file: now.crt\n  key_file: now.key\n';

describe.skipIf(isMissing('openssl'))('a web configuration that changes while the exporter runs', () => {
  const web = useWebConfig();
  let old: Certificate;
  let fresh: Certificate;
  const now = (extension: string) => join(web.folder, `now.${extension}`);

  beforeAll(async () => {
    const { authority } = web.certificates();
    old = await authority.sign('old', ['IP:127.0.0.1', 'DNS:old.example']);
    fresh = await authority.sign('fresh', ['IP:127.0.0.1', 'DNS:fresh.example']);
  }, 60_000);

  function place({ certFile, keyFile }: Certificate): void {
    copyFileSync(certFile, now('crt'));
    copyFileSync(keyFile, now('key'));
  }

  /** The name of the certificate that a new connection is shown. */
  async function shown(exporter: RunningExporter): Promise<string> {
    let name = '';
    const checkServerIdentity = (_host: string, { subject }: PeerCertificate) => {
      name = String(subject.CN);
      return undefined;
    };
    expect((await web.getTls(exporter, { checkServerIdentity })).status).toBe(200);
    return name;
  }

  const errors = ({ log }: RunningExporter) => log.lines.filter(({ level }) => level === 'error');

  it('users and headers stand for the next request, also of a connection that is open', async () => {
    const exporter = await web.start('');
    expect((await exporter.get('/metrics')).status).toBe(200);
    web.write(`${USERS_YAML}http_server_config: { headers: { X-Frame-Options: deny } }`);
    const refused = await exporter.get('/metrics');
    expect([refused.status, refused.headers['x-frame-options']]).toEqual([401, 'deny']);
    expect((await exporter.get('/metrics', login('alice', 'ecila'))).status).toBe(200);
    web.write('{}');
    expect((await exporter.get('/metrics')).status).toBe(200);
  });

  it('and is empty for a moment lets nobody in', async () => {
    const exporter = await web.start(USERS_YAML);
    for (const text of ['', '\n']) {
      web.write(text);
      expect((await exporter.get('/metrics')).status, text).toBe(500);
    }
    expect(String(errors(exporter)[0]?.fields?.err)).toMatch(/web\.yml: has become empty/);
    web.write(USERS_YAML);
    expect((await exporter.get('/metrics')).status).toBe(401);
  });

  it.each([
    ['users', 'basic_auth_users: *users\n'],
    ['users without a value', 'basic_auth_users:\n'],
    ['TLS', `${USERS_YAML}tls_server_config: *t\n`],
  ])('and has a mistake where %s stand lets nobody in', async (_, text) => {
    const exporter = await web.start(USERS_YAML);
    web.write(text);
    expect((await exporter.get('/metrics')).status).toBe(500);
  });

  it('and has lost its policy for clients keeps the one before', async () => {
    place(old);
    copyFileSync(web.certificates().authority.certFile, join(web.folder, 'ca.crt'));
    const required = `${TLS}  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt\n`;
    const exporter = await web.start(required);
    for (const type of ['*auth', '', 'null', '""']) {
      web.write(`${TLS}  client_auth_type: ${type}\n`);
      await expect(web.getTls(exporter), type).rejects.toThrow();
      const { cert, key } = web.certificates().client;
      expect((await web.getTls(exporter, { cert, key })).status, type).toBe(500);
    }
  });

  it('says in the log that a password takes seconds to check', async () => {
    const exporter = await web.start('');
    web.write(`basic_auth_users: { eve: $2y$15$${'a'.repeat(53)} }`);
    expect((await exporter.get('/metrics')).status).toBe(401);
    const told = exporter.log.lines.filter(({ message }) => message === 'A password takes seconds to check');
    expect(told).toMatchObject([{ level: 'warn', fields: { user: 'eve', cost: 15 } }]);
    web.write(`basic_auth_users: { eve: $2y$31$${'a'.repeat(53)} }`);
    expect((await exporter.get('/metrics', login('eve', 'x'))).status).toBe(500);
  });

  it('tells of a handshake that fails on one line', async () => {
    place(old);
    const exporter = await web.start(TLS);
    const old11 = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await expect(web.getTls(exporter, old11)).rejects.toThrow();
    const lines = () => exporter.log.lines.filter(({ message }) => message === 'TLS handshake failed');
    await expect.poll(lines).toHaveLength(1);
    const told = lines();
    expect(String(told[0]?.fields?.err)).toMatch(/unsupported protocol.*\S$/);
  });

  it('that blocked every request stops doing so', async () => {
    const exporter = await web.start(`basic_auth_users: { a: $2y$04$${'a'.repeat(53)} }`);
    expect((await exporter.get('/metrics')).status).toBe(401);
    web.write('http_server_config:\n');
    expect((await exporter.get('/metrics')).status).toBe(200);
  });

  it('and is broken answers 500 to everybody, says so once in the log, and serves again when it is right', async () => {
    const exporter = await web.start(USERS_YAML);
    for (const breakIt of [() => web.write('nonsense: ['), () => web.write('unknown: 1'), () => rmSync(web.file)]) {
      breakIt();
      for (let request = 0; request < 3; request += 1) {
        expect(await exporter.get('/metrics', login('alice', 'ecila'))).toMatchObject({
          status: 500,
          body: 'Internal Server Error\n',
        });
      }
    }
    expect(errors(exporter).map(({ message }) => message)).toEqual(
      Array.from({ length: 3 }, () => 'Unable to parse configuration'),
    );
    expect(String(errors(exporter)[1]?.fields?.err)).toContain('unknown: unknown key');
    web.write(USERS_YAML);
    expect((await exporter.get('/metrics', login('alice', 'ecila'))).status).toBe(200);
    const told = exporter.log.lines.filter(({ level }) => level !== 'debug');
    expect(told.at(-1)?.message).toBe('Web configuration read');
  });

  it('a certificate that is replaced is shown to the next connection', async () => {
    place(old);
    const exporter = await web.start(TLS);
    expect(await shown(exporter)).toBe('old');
    place(fresh);
    expect(await shown(exporter)).toBe('fresh');
  });

  it('halfway through, with the key of another certificate, the one before is shown', async () => {
    place(old);
    const exporter = await web.start(TLS);
    for (const breakIt of [
      () => copyFileSync(fresh.certFile, now('crt')),
      () => writeFileSync(now('crt'), ''),
      () => rmSync(now('key')),
      () => web.write('tls_server_config: { cert_file: now.crt }'),
    ]) {
      breakIt();
      const answer = web.getTls(exporter, { path: '/-/healthy' });
      expect([200, 500]).toContain((await answer).status);
      expect((await web.getTls(exporter, { path: '/-/healthy' })).headers['content-type']).toContain('text/plain');
    }
    expect(errors(exporter).map(({ message }) => message)).toContain('TLS goes on as it was');
    expect(errors(exporter).length).toBeLessThanOrEqual(4);
    web.write(TLS);
    place(fresh);
    expect(await shown(exporter)).toBe('fresh');
  });

  it('who has to show a certificate, and of which authority, is decided anew', async () => {
    place(old);
    const { client, stranger } = web.certificates();
    const exporter = await web.start(TLS);
    const attempt = ({ cert, key }: Certificate) =>
      web.getTls(exporter, { cert, key }).then(
        ({ status }) => status,
        () => 0,
      );
    expect([await attempt(client), await attempt(stranger)]).toEqual([200, 200]);
    copyFileSync(web.certificates().authority.certFile, join(web.folder, 'ca.crt'));
    web.write(`${TLS}  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.crt\n`);
    expect([await attempt(client), await attempt(stranger)]).toEqual([200, 0]);
    copyFileSync(stranger.certFile, join(web.folder, 'ca.crt'));
    expect([await attempt(client), await attempt(stranger)]).toEqual([0, 200]);
  });

  it('neither TLS can be turned off, nor on, nor the rate limit changed', async () => {
    place(old);
    const exporter = await web.start(TLS);
    web.write('rate_limit: { interval: 1h, burst: 0 }');
    expect((await web.getTls(exporter)).status).toBe(200);
    expect(errors(exporter)[0]?.fields?.err).toContain('plain HTTP needs a restart');
    const plain = await web.start('');
    web.write(TLS);
    expect((await plain.get('/metrics')).status).toBe(200);
  });

  it('no scrape of a thousand fails while the certificate is replaced again and again', {
    timeout: 120_000,
  }, async () => {
    place(old);
    const exporter = await web.start(TLS);
    const scraping = new AbortController();
    let rotations = 0;
    const rotating = (async () => {
      while (!scraping.signal.aborted) {
        const next = rotations % 2 === 0 ? fresh : old;
        // One file, then the other, each in place and with a pause between: as careless as can be.
        writeFileSync(now('crt'), next.cert.slice(0, 300));
        await new Promise((resolve) => setTimeout(resolve, 2));
        writeFileSync(now('crt'), next.cert);
        await new Promise((resolve) => setTimeout(resolve, 5));
        writeFileSync(`${now('key')}.new`, next.key);
        renameSync(`${now('key')}.new`, now('key'));
        await new Promise((resolve) => setTimeout(resolve, 20));
        rotations += 1;
      }
    })();
    const keptAlive = new Agent({ keepAlive: true, maxSockets: 2 });
    const statuses: number[] = [];
    const scrape = async (count: number, agent?: Agent) => {
      for (let index = 0; index < count; index += 1) {
        statuses.push((await web.getTls(exporter, agent === undefined ? {} : { agent })).status);
      }
    };
    await Promise.all([scrape(300), scrape(300), scrape(200), scrape(200, keptAlive)]);
    scraping.abort();
    await rotating;
    keptAlive.destroy();
    expect(statuses).toHaveLength(1000);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(rotations).toBeGreaterThan(10);
    console.info(`1,000 scrapes during ${rotations} rotations`);
  });
});
