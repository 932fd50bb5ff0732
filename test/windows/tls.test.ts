/** TLS and logins on Windows' own node.exe: its OpenSSL, its threads, paths with backslashes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onWine } from '../../scripts/wine-prefix.ts';
import { type Authority, type Certificate, makeAuthority } from '../support/certificates.ts';
import { isMissing } from '../support/requirements.ts';
import { getTls, login, USERS_YAML } from '../support/web-config.ts';
import { runOnWine, startOnWine, WINE_SETUP_TIMEOUT_MS, type WineExporter } from '../support/wine.ts';

describe.skipIf(isMissing('wine', 'openssl'))('the exporter on Windows with a web configuration', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ras-wine-tls-'));
  const file = join(folder, 'web.yml');
  const config = `${USERS_YAML}tls_server_config:
  cert_file: server.crt
  key_file: '${onWine(join(folder, 'server.key'))}'
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: authority.crt
`;
  let authority: Authority;
  let client: Certificate;
  let exporter: WineExporter;

  beforeAll(async () => {
    authority = await makeAuthority(folder);
    await authority.sign('server', ['IP:127.0.0.1']);
    client = await authority.sign('client', ['DNS:prometheus.example']);
    writeFileSync(file, config);
    exporter = await startOnWine({ dll: 'builtin', scheme: 'https', args: [`--web.config.file=${onWine(file)}`] });
  }, WINE_SETUP_TIMEOUT_MS);
  afterAll(() => {
    exporter.stop();
    rmSync(folder, { recursive: true });
  });

  const scrape = async (headers: Record<string, string>) => {
    const { cert, key } = client;
    return (await getTls(exporter.url, { ca: authority.cert, cert, key, headers })).status;
  };

  it('lets in who has certificate and password, and nobody else', async () => {
    expect(await scrape(login('alice', 'ecila'))).toBe(200);
    expect(await scrape(login('bob', 'bob'))).toBe(200);
    expect(await scrape(login('alice', 'wrong'))).toBe(401);
    expect(await scrape({})).toBe(401);
    await expect(getTls(exporter.url, { ca: authority.cert, headers: login('alice', 'ecila') })).rejects.toThrow();
  });

  it('takes another certificate and other users without a restart', async () => {
    await authority.sign('server', ['IP:127.0.0.1', 'DNS:renewed']);
    writeFileSync(file, config.replace('alice', 'alicia'));
    expect(await scrape(login('alicia', 'ecila'))).toBe(200);
    expect(await scrape(login('alice', 'ecila'))).toBe(401);
    expect(exporter.log()).toContain('TLS certificate or settings read anew');
  });

  it('ends with code 0, its thread with it', async () => {
    expect(exporter.log()).not.toMatch(/level=error/);
    expect(await exporter.terminate()).toBe(0);
  });

  it('refuses a file that is wrong, with exit code 2', { timeout: WINE_SETUP_TIMEOUT_MS }, async () => {
    const { exitCode, log } = await runOnWine({ dll: 'builtin', args: ['--web.config.file=C:\\nowhere\\web.yml'] });
    expect(log).toContain('--web.config.file open C:\\nowhere\\web.yml: no such file or directory');
    expect(exitCode).toBe(2);
  });
});
