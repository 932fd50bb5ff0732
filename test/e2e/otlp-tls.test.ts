/** Pushing over TLS: the backend is checked, and shown a certificate of ours when it asks; secrets go in headers. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerCredentials } from '@grpc/grpc-js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runExporter, startExporterProcess } from '../support/exporter-process.ts';
import { type GrpcBackend, startGrpcBackend } from '../support/grpc-backend.ts';
import { type OtlpBackend, startBackend } from '../support/otlp-backend.ts';
import { endPrograms, freePort } from '../support/program.ts';
import { type Certificates, makeCertificates, pem } from '../support/push-certificates.ts';
import { isMissing } from '../support/requirements.ts';

const SETTLES = { timeout: 15_000, interval: 50 };

describe.skipIf(isMissing('openssl'))('an exporter that pushes over TLS', { timeout: 30_000 }, () => {
  let folder: string;
  let certificates: Certificates;
  let http: OtlpBackend;
  let grpc: GrpcBackend;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ras-otlp-tls-'));
    certificates = makeCertificates(folder);
    const { ca, server } = certificates;
    const [cert, key] = [pem(server.cert), pem(server.key)];
    http = await startBackend({ tls: { cert, key, ca: pem(ca), requestCert: true, rejectUnauthorized: true } });
    const chain = { cert_chain: cert, private_key: key };
    grpc = await startGrpcBackend({ credentials: ServerCredentials.createSsl(pem(ca), [chain], true) });
  });
  afterEach(endPrograms);
  afterAll(async () => {
    await http.close();
    grpc.close();
    rmSync(folder, { recursive: true });
  });

  const client = () => ({
    OTEL_EXPORTER_OTLP_CERTIFICATE: certificates.ca,
    OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: certificates.client.cert,
    OTEL_EXPORTER_OTLP_CLIENT_KEY: certificates.client.key,
  });

  it('over HTTP shows its certificate, and sends its headers', async () => {
    const before = http.requests.length;
    await startExporterProcess([`--otlp.endpoint=${http.url}`, '--otlp.headers=Authorization=Basic%20YTpi'], {
      env: { ...client(), OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' },
    });
    await expect.poll(() => http.requests.length, SETTLES).toBeGreaterThan(before);
    const request = http.requests.at(-1);
    expect(request?.headers).toMatchObject({ authorization: 'Basic YTpi', 'content-encoding': 'gzip' });
    expect(request?.body.includes('ras.connection.up')).toBe(true);
  });

  it('over gRPC shows its certificate, and sends its headers', async () => {
    const before = grpc.pushes.length;
    await startExporterProcess(
      ['--otlp.protocol=grpc', `--otlp.endpoint=127.0.0.1:${grpc.port}`, '--otlp.headers=Authorization=Basic%20YTpi'],
      { env: { ...client(), OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' } },
    );
    await expect.poll(() => grpc.pushes.length, SETTLES).toBeGreaterThan(before);
    const push = grpc.pushes.at(-1);
    expect(push?.metadata).toMatchObject({ authorization: 'Basic YTpi' });
    expect(push?.body.includes('ras.connection.up')).toBe(true);
  });

  it.each([
    ['http/protobuf', () => http.url, /OTLP push failed.*(certificate|CERT)/i],
    ['grpc', () => `https://127.0.0.1:${grpc.port}`, /OTLP push failed.*(certificate|CERT|UNAVAILABLE)/i],
  ] as const)('does not trust a backend of an authority that it does not know (%s)', async (protocol, url, reason) => {
    const before = http.requests.length + grpc.pushes.length;
    const exporter = await startExporterProcess([`--otlp.protocol=${protocol}`, `--otlp.endpoint=${url()}`]);
    await expect.poll(() => exporter.stderr(), SETTLES).toMatch(reason);
    expect(http.requests.length + grpc.pushes.length).toBe(before);
  });

  it('is refused by a backend that wants a certificate when it has none', async () => {
    const before = http.requests.length;
    const exporter = await startExporterProcess([`--otlp.endpoint=${http.url}`], {
      env: { OTEL_EXPORTER_OTLP_CERTIFICATE: certificates.ca },
    });
    await expect.poll(() => exporter.stderr(), SETTLES).toMatch(/OTLP push failed/);
    expect(http.requests.length).toBe(before);
  });
});

describe.skipIf(isMissing('openssl'))(
  'certificates that are exchanged while the exporter runs',
  { timeout: 40_000 },
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'ras-otlp-rotation-'));
    afterEach(endPrograms);
    afterAll(() => rmSync(folder, { recursive: true }));

    it.each(['http/protobuf', 'grpc'] as const)('are used after the first push that fails (%s)', async (protocol) => {
      const kind = protocol.slice(0, 4);
      const [before, after] = ['before', 'after'].map((name) => makeCertificates(join(folder, kind, name)));
      if (before === undefined || after === undefined) throw new Error('no certificates');
      const port = await freePort();
      const ca = join(folder, kind, 'ca.pem');
      copyFileSync(before.ca, ca);
      const exporter = await startExporterProcess(
        [`--otlp.protocol=${protocol}`, `--otlp.endpoint=https://127.0.0.1:${port}`, '--otlp.interval=500ms'],
        { env: { OTEL_EXPORTER_OTLP_CERTIFICATE: ca } },
      );
      const serve = async ({ server }: Certificates) => {
        const [cert, key] = [pem(server.cert), pem(server.key)];
        if (protocol !== 'grpc') return startBackend({ port, tls: { cert, key } });
        const credentials = ServerCredentials.createSsl(null, [{ cert_chain: cert, private_key: key }]);
        return startGrpcBackend({ port, credentials });
      };
      const first = await serve(before);
      await expect.poll(() => exporter.stderr(), SETTLES).toMatch(/OTLP push works/);
      await first.close();
      const second = await serve(after);
      await expect.poll(() => exporter.stderr(), SETTLES).toMatch(/OTLP push failed.*(certificate|CERT)/i);
      copyFileSync(after.ca, ca);
      await expect.poll(() => exporter.stderr(), SETTLES).toMatch(/OTLP push works again/);
      await second.close();
    });
  },
);

describe('an exporter that pushes over gRPC', { timeout: 30_000 }, () => {
  afterEach(endPrograms);

  it('finds a backend again that comes back', async () => {
    const port = await freePort();
    const exporter = await startExporterProcess([
      '--otlp.protocol=grpc',
      `--otlp.endpoint=http://127.0.0.1:${port}`,
      '--otlp.interval=300ms',
    ]);
    await expect.poll(() => exporter.stderr(), SETTLES).toMatch(/msg="OTLP push failed".*ECONNREFUSED/);
    const backend = await startGrpcBackend({ port });
    await expect.poll(() => exporter.stderr(), SETTLES).toContain('msg="OTLP push works again"');
    expect(backend.pushes.length).toBeGreaterThan(0);
    backend.close();
    await expect.poll(() => exporter.stderr().match(/OTLP push failed/g)?.length, SETTLES).toBe(2);
  });
});

describe('an exporter that is told to push', () => {
  it.each([
    [['--otlp.protocol=smtp', '--otlp.enabled'], /--otlp\.protocol must be one of/],
    [['--otlp.headers=hunter2'], /--otlp\.headers must be a list/],
    [['--otlp.endpoint=https://a:hunter2@b'], /--otlp\.endpoint must not hold a user name or password/],
  ])('wrongly (%j) ends with code 2 and one line without a secret', async (args, reason) => {
    const { exitCode, stderr } = await runExporter(['--web.listen-address=127.0.0.1:0', ...args]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^ras_exporter: [^\n]+\n$/);
    expect(stderr).toMatch(reason);
    expect(stderr).not.toContain('hunter2');
  });
});
