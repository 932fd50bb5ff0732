/** The PEM files that the variables of OpenTelemetry name. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkConfig } from '../../src/commands/config-check.ts';
import { LiveConfig } from '../../src/config/live.ts';
import { checkTlsFiles } from '../../src/config/otlp-files.ts';
import { startTestExporter } from '../support/exporter.ts';
import { FakeRas } from '../support/fake-ras.ts';
import { type Certificates, makeCertificates } from '../support/push-certificates.ts';
import { isMissing } from '../support/requirements.ts';

const folder = mkdtempSync(join(tmpdir(), 'ras-otlp-files-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const named = (path: string, variable: string) => ({ path, variable });
const NONE = { ca: undefined, cert: undefined, key: undefined };

describe('a file', () => {
  it.each([
    ['is missing', () => join(folder, 'missing'), /^OTEL_X cannot be read: ENOENT/],
    ['is no PEM', () => file('junk', 'hunter2'), /^OTEL_X must name a PEM file that holds a certificate$/],
    ['is empty', () => file('empty', ''), /^OTEL_X must name a PEM file that holds a certificate$/],
  ] as const)('that %s is refused by the name of its variable', (_, path, reason) => {
    expect(() => checkTlsFiles({ ...NONE, ca: named(path(), 'OTEL_X') })).toThrow(reason);
  });

  it('that is missing keeps the exporter from starting, and is found by config check', async () => {
    const environment = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://127.0.0.1:1',
      OTEL_EXPORTER_OTLP_CERTIFICATE: join(folder, 'missing'),
    };
    const reason = /OTEL_EXPORTER_OTLP_CERTIFICATE cannot be read: ENOENT/;
    await expect(startTestExporter(new FakeRas(), [], true, environment)).rejects.toThrow(reason);
    await expect(checkConfig(file('a.yml', ''), { flags: {}, environment })).rejects.toThrow(reason);
  });

  it('that has gone keeps no reload from other settings', async () => {
    const path = file('ras.yml', 'scrape.timeout: 5s\n');
    const environment = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'https://127.0.0.1:1',
      OTEL_EXPORTER_OTLP_CERTIFICATE: join(folder, 'missing'),
    };
    const live = await LiveConfig.load({ flags: { 'config.file': [path] }, environment });
    file('ras.yml', 'scrape.timeout: 7s\n');
    expect(await live.reload(() => () => {})).toEqual({ changed: ['scrape.timeout'], kept: [] });
  });
});

describe.skipIf(isMissing('openssl'))('files of a client', () => {
  let certificates: Certificates;
  beforeAll(() => {
    certificates = makeCertificates(folder);
  });

  it('can be used when they belong together', () => {
    const { ca, client } = certificates;
    const tls = { ca: named(ca, 'CA'), cert: named(client.cert, 'CERT'), key: named(client.key, 'KEY') };
    expect(() => checkTlsFiles(tls)).not.toThrow();
  });

  it('are refused when they do not, or are changed round', () => {
    const { server, client } = certificates;
    const check = (cert: string, key: string) => () =>
      checkTlsFiles({ ca: undefined, cert: named(cert, 'CERT'), key: named(key, 'KEY') });
    expect(check(client.cert, server.key)).toThrow('KEY does not belong to the certificate of CERT');
    expect(check(client.key, client.cert)).toThrow(/CERT must name a PEM file .*KEY must name a PEM file/s);
  });
});
