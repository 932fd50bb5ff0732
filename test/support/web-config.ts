/**
 * An exporter with a web configuration file, and clients for it.
 *
 * ```ts
 * const web = useWebConfig();
 * const running = await web.start('rate_limit: { interval: 1s, burst: 0 }');
 * expect((await web.get(running)).status).toBe(429);
 * ```
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { type Authority, type Certificate, makeAuthority } from './certificates.ts';
import { type Answer, startTestExporter } from './exporter.ts';
import { connection, entry, FakeRas } from './fake-ras.ts';

/** Name → hash of the name spelled backwards; cheap ones, but for bob's. */
export const USERS = {
  alice: '$2b$04$BK3ejoE37.2HdJveaZJBiO6hVdfsLsYKDmwoKKDD6vFNHfBU9/HQ.',
  carol: '$2y$04$UffD9VNQHeCfZPDMGv4i2O8Os8TrC9zvGf5BSTC3dyua4lnF854kC',
  bob: '$2a$10$Oh.zIX0s7H2hwITTielAJOAEWrRvRUTqwqrkiBoWxSFnHUn/35vLa',
} as const;

/** As it stands in the file. */
export const USERS_YAML = `basic_auth_users: ${JSON.stringify(USERS)}
`;

export type RunningExporter = Awaited<ReturnType<typeof startTestExporter>>;

/** The header of HTTP basic authentication. */
export function login(user: string, password: string): Record<string, string> {
  return { Authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

/** Registers the hooks that make a folder with certificates, and stop what was started. */
export function useWebConfig() {
  const folder = mkdtempSync(join(tmpdir(), 'ras-web-'));
  const file = join(folder, 'web.yml');
  const running: RunningExporter[] = [];
  let made: { authority: Authority; server: Certificate; client: Certificate; stranger: Certificate } | undefined;
  const certificates = () => {
    if (made === undefined) throw new Error('only inside a test');
    return made;
  };

  beforeAll(async () => {
    const authority = await makeAuthority(folder);
    const [server, client] = await Promise.all([
      authority.sign('server', ['DNS:localhost', 'IP:127.0.0.1']),
      authority.sign('client', ['DNS:prometheus.example', 'IP:::1', 'URI:spiffe://monitoring', 'email:a@example.org']),
    ]);
    // Another authority of the same name.
    const stranger = await makeAuthority(join(folder, 'other'));
    made = { authority, server, client, stranger };
  }, 60_000);
  afterEach(async () => {
    await Promise.all(running.splice(0).map(({ exporter }) => exporter.stop(0)));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  return {
    folder,
    file,
    certificates,
    write: (text: string) => writeFileSync(file, text),
    /** Starts an exporter with this configuration. */
    async start(text: string, args: readonly string[] = []): Promise<RunningExporter> {
      writeFileSync(file, text);
      const ras = new FakeRas();
      ras.connections = [connection()];
      ras.entries = [entry('Office VPN')];
      const started = await startTestExporter(ras, [`--web.config.file=${file}`, ...args]);
      running.push(started);
      return started;
    },
    /** A request over TLS; the authority is trusted. */
    getTls: (exporter: RunningExporter, options: TlsGet = {}) =>
      getTls(exporter.url, { ca: certificates().authority.cert, ...options }),
  };
}

export interface TlsGet extends ConnectionOptions {
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly agent?: Agent;
}

/** Negotiated, beside the answer. */
export interface TlsAnswer extends Answer {
  readonly protocol: string | null;
  readonly cipher: string;
}

export function getTls(
  url: string,
  { path = '/metrics', headers = {}, agent, ...tls }: TlsGet = {},
): Promise<TlsAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    // Without an agent of its own a request would share sessions with others.
    const own = agent ?? new Agent({ maxCachedSessions: 0 });
    const sent = request({ hostname, port, path, headers, agent: own, ...tls }, (response) => {
      const chunks: Buffer[] = [];
      const { socket } = response;
      const negotiated =
        'getCipher' in socket && typeof socket.getCipher === 'function' ? socket.getCipher() : undefined;
      const spoken = 'getProtocol' in socket && typeof socket.getProtocol === 'function' ? socket.getProtocol() : null;
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
          protocol: spoken,
          cipher: negotiated?.name ?? '',
        }),
      );
    });
    sent.on('error', reject);
    sent.on('close', () => agent ?? own.destroy());
    sent.end();
  });
}
