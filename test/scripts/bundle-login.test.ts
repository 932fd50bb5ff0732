/** The bundle with a web configuration: TLS, and the thread for passwords, whose code is inside the bundle. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { bundle } from '../../scripts/bundle.ts';
import { makeAuthority } from '../support/certificates.ts';
import { endPrograms, freePort, startProgram } from '../support/program.ts';
import { isMissing } from '../support/requirements.ts';
import { getTls, login, USERS_YAML } from '../support/web-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'ras-bundle-login-'));
afterAll(async () => {
  await endPrograms();
  rmSync(folder, { recursive: true });
});

describe.skipIf(isMissing('openssl'))('the bundle', () => {
  it('speaks TLS and checks passwords, and stops with code 0', { timeout: 60_000 }, async () => {
    await bundle(folder);
    const authority = await makeAuthority(folder);
    await authority.sign('server', ['IP:127.0.0.1']);
    const config = join(folder, 'web.yml');
    writeFileSync(config, `${USERS_YAML}tls_server_config: { cert_file: server.crt, key_file: server.key }\n`);
    const port = await freePort();
    const flags = [`--web.listen-address=127.0.0.1:${port}`, `--web.config.file=${config}`];
    const program = startProgram(process.execPath, [join(folder, 'ras_exporter.cjs'), ...flags]);
    const scrape = async (headers: Record<string, string>) =>
      (await getTls(`https://127.0.0.1:${port}`, { ca: authority.cert, headers })).status;
    await vi.waitFor(async () => expect(await scrape({})).toBe(401), { timeout: 15_000, interval: 100 });
    expect(await scrape(login('alice', 'ecila'))).toBe(200);
    expect(await scrape(login('alice', 'alice'))).toBe(401);
    program.kill('SIGTERM');
    expect(await program.ended).toMatchObject({ exitCode: 0, signal: null });
    expect(program.stderr()).not.toContain('level=error');
  });
});
