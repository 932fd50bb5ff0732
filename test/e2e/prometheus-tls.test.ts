/** A real Prometheus scrapes the exporter over TLS, with a certificate of its own and a login; and one without is kept out. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Authority, type Certificate, makeAuthority } from '../support/certificates.ts';
import { runExporter } from '../support/exporter-process.ts';
import { endPrograms, freePort, startProgram } from '../support/program.ts';
import { type Prometheus, startPrometheus } from '../support/prometheus.ts';
import { isMissing } from '../support/requirements.ts';
import { getTls, login, USERS_YAML } from '../support/web-config.ts';

const SETTLES = { timeout: 30_000, interval: 200 };

describe.skipIf(isMissing('prometheus', 'openssl'))('an exporter behind TLS and a login', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'ras-prometheus-tls-'));
  let authority: Authority;
  let client: Certificate;
  let known: Prometheus;
  let unknown: Prometheus;
  let port: number;
  const main = join(import.meta.dirname, '../../src/main.ts');

  beforeAll(async () => {
    authority = await makeAuthority(folder);
    await authority.sign('server', ['IP:127.0.0.1']);
    client = await authority.sign('prometheus', ['DNS:prometheus.example']);
    const config = join(folder, 'web.yml');
    writeFileSync(
      config,
      `${USERS_YAML}tls_server_config:
  cert_file: server.crt
  key_file: server.key
  client_auth_type: RequireAndVerifyClientCert
  client_ca_file: authority.crt
  client_allowed_sans: [prometheus.example]
  min_version: TLS13
`,
    );
    port = await freePort();
    startProgram(process.execPath, [main, `--web.listen-address=127.0.0.1:${port}`, `--web.config.file=${config}`]);
    const tls = { ca_file: authority.certFile };
    const withClient = { ...tls, cert_file: client.certFile, key_file: client.keyFile };
    const scrape = {
      scheme: 'https',
      tls_config: withClient,
      basic_auth: { username: 'alice', password: 'ecila' },
    };
    const jobs = { exporter: port };
    [known, unknown] = await Promise.all([
      startPrometheus({ folder: join(folder, 'known'), jobs, scrapeInterval: '250ms', scrape }),
      startPrometheus({
        folder: join(folder, 'unknown'),
        jobs,
        scrapeInterval: '250ms',
        scrape: { ...scrape, tls_config: tls },
      }),
    ]);
  }, 60_000);
  afterAll(async () => {
    await endPrograms();
    rmSync(folder, { recursive: true });
  });

  it('is scraped by the one that shows its certificate and logs in', async () => {
    await expect.poll(() => known.value('up'), SETTLES).toBe(1);
    await expect.poll(() => known.value('ras_up'), SETTLES).toBe(1);
    // Whoever scrapes four times a second does not hash four times a second: the answer takes some milliseconds.
    await expect.poll(() => known.value('min_over_time(scrape_duration_seconds[1m])'), SETTLES).toBeLessThan(0.1);
  });

  it('is not by the one that has no certificate', async () => {
    await expect
      .poll(async () => (await unknown.targets())[0]?.lastError, SETTLES)
      .toMatch(/certificate|reset|EOF|broken pipe/);
    expect(await unknown.value('up')).toBe(0);
  });

  it('wants both: a certificate and a login', async () => {
    const { cert, key } = client;
    const url = `https://127.0.0.1:${port}`;
    const tls = { ca: authority.cert, cert, key };
    expect((await getTls(url, { ...tls, headers: login('alice', 'ecila') })).status).toBe(200);
    expect((await getTls(url, { ...tls, headers: login('alice', 'wrong') })).status).toBe(401);
    expect((await getTls(url, tls)).status).toBe(401);
    await expect(getTls(url, { ca: authority.cert, headers: login('alice', 'ecila') })).rejects.toThrow();
  });
});

describe('a web configuration that cannot be used', () => {
  it('is refused at start with what and where, and exit code 2', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ras-web-'));
    const config = join(folder, 'web.yml');
    writeFileSync(config, 'basic_auth_users:\n  alice: secret\n');
    const { exitCode, stderr } = await runExporter([`--web.config.file=${config}`]);
    rmSync(folder, { recursive: true });
    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      `ras_exporter: --web.config.file ${config}:2: basic_auth_users.alice: hashedSecret too short to be a bcrypted password\n`,
    );
  });
});
