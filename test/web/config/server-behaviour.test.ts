/** What clients meet: versions, suites, curves, certificates, headers, rate limit. Real TLS on both sides. */
import { describe, expect, it } from 'vitest';
import { isMissing } from '../../support/requirements.ts';
import { login, type TlsGet, USERS_YAML, useWebConfig } from '../../support/web-config.ts';

const PAIR = 'cert_file: server.crt, key_file: server.key';
const tls = (rest = '') => `tls_server_config: { ${PAIR}${rest === '' ? '' : `, ${rest}`} }\n`;

const ALL_CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  ...['ECDSA', 'RSA'].flatMap((kind) => [
    `TLS_ECDHE_${kind}_WITH_AES_128_GCM_SHA256`,
    `TLS_ECDHE_${kind}_WITH_AES_256_GCM_SHA384`,
    `TLS_ECDHE_${kind}_WITH_CHACHA20_POLY1305_SHA256`,
    `TLS_ECDHE_${kind}_WITH_AES_128_CBC_SHA`,
    `TLS_ECDHE_${kind}_WITH_AES_256_CBC_SHA`,
  ]),
  'TLS_RSA_WITH_AES_128_CBC_SHA',
  'TLS_RSA_WITH_AES_256_CBC_SHA',
  'TLS_RSA_WITH_AES_128_GCM_SHA256',
  'TLS_RSA_WITH_AES_256_GCM_SHA384',
].join(', ');

const OLD: TlsGet = { maxVersion: 'TLSv1.2' };

interface Case {
  readonly name: string;
  readonly config: string;
  readonly client?: TlsGet;
  /** Default: 200. */
  readonly error?: RegExp;
  readonly cipher?: string;
  readonly protocol?: string;
}

const CASES: readonly Case[] = [
  { name: 'no config and a TLS client', config: '', error: /wrong version number|packet length/ },
  { name: 'TLS config and TLS client', config: tls(), protocol: 'TLSv1.3' },
  {
    name: 'TLS 1.1 client',
    config: tls(),
    client: { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
    error: /protocol version/,
  },
  {
    name: 'TLS 1.1 client where it is allowed',
    config: tls('min_version: TLS11'),
    client: { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
    protocol: 'TLSv1.1',
  },
  {
    name: 'TLS 1.2 client where only 1.3 is allowed',
    config: tls('min_version: TLS13'),
    client: OLD,
    error: /protocol version/,
  },
  { name: 'TLS 1.3 client where only 1.2 is allowed', config: tls('max_version: TLS12'), protocol: 'TLSv1.2' },
  { name: 'all ciphers', config: tls(`cipher_suites: [${ALL_CIPHERS}]`), protocol: 'TLSv1.3' },
  {
    name: 'all ciphers, the least of them',
    config: tls(`cipher_suites: [${ALL_CIPHERS}]`),
    client: { ...OLD, ciphers: 'AES256-SHA' },
    cipher: 'AES256-SHA',
  },
  {
    name: 'some ciphers',
    config: tls('cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]'),
    client: OLD,
    cipher: 'ECDHE-RSA-AES128-GCM-SHA256',
  },
  {
    name: 'no common cipher',
    config: tls('cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]'),
    client: { ...OLD, ciphers: 'ECDHE-RSA-AES256-GCM-SHA384' },
    error: /handshake failure/,
  },
  {
    name: 'multiple client ciphers: the server chooses',
    config: tls('cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]'),
    client: { ...OLD, ciphers: 'ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256' },
    cipher: 'ECDHE-RSA-AES128-GCM-SHA256',
  },
  {
    name: 'multiple client ciphers: the client chooses',
    config: tls(
      'prefer_server_cipher_suites: false, cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]',
    ),
    client: { ...OLD, ciphers: 'ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256' },
    cipher: 'ECDHE-RSA-AES256-GCM-SHA384',
  },
  {
    name: 'all curves',
    config: tls('curve_preferences: [CurveP256, CurveP384, CurveP521, X25519]'),
    client: { ecdhCurve: 'P-384' },
  },
  { name: 'some curves', config: tls('curve_preferences: [CurveP521]'), client: { ecdhCurve: 'P-521:P-256' } },
  {
    name: 'no common curve',
    config: tls('curve_preferences: [CurveP521]'),
    client: { ecdhCurve: 'P-256' },
    error: /handshake failure/,
  },
  {
    name: 'ciphers that HTTP/2 cannot do with, without HTTP/2',
    config: `${tls('cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]')}http_server_config: { http2: false }`,
    client: OLD,
    cipher: 'ECDHE-RSA-AES256-GCM-SHA384',
  },
  {
    name: 'a client that offers HTTP/2 gets HTTP/1.1',
    config: `${tls()}http_server_config: { http2: true }`,
    client: { ALPNProtocols: ['h2', 'http/1.1'] },
  },
];

describe.skipIf(isMissing('openssl'))('a server with a web configuration', () => {
  const web = useWebConfig();
  const clientCert = () => {
    const { cert, key } = web.certificates().client;
    return { cert, key };
  };

  it.each(CASES)('$name', async ({ config, client, error, cipher, protocol }) => {
    const exporter = await web.start(config);
    const answer = web.getTls(exporter, client);
    if (error !== undefined) {
      await expect(answer).rejects.toThrow(error);
      return;
    }
    const { status, body, ...negotiated } = await answer;
    expect([status, body.includes('\nras_up 1\n')]).toEqual([200, true]);
    if (cipher !== undefined) expect(negotiated.cipher).toBe(cipher);
    if (protocol !== undefined) expect(negotiated.protocol).toBe(protocol);
  });

  it('no config and a plain client: serves', async () => {
    const exporter = await web.start('');
    expect((await exporter.get('/metrics')).status).toBe(200);
    expect(exporter.log.lines.find(({ message }) => message === 'Listening')?.fields?.tls).toBe(false);
  });

  it('TLS config and a plain client: says what is wrong, and serves TLS after', async () => {
    const exporter = await web.start(tls());
    const { status, body } = await exporter.get('/metrics');
    expect([status, body]).toEqual([400, 'Client sent an HTTP request to an HTTPS server.\n']);
    expect((await web.getTls(exporter)).status).toBe(200);
    expect(exporter.log.lines.find(({ message }) => message === 'Listening')?.fields?.tls).toBe(true);
  });

  it('ciphers that HTTP/2 cannot do with, and HTTP/2: refuses to start', async () => {
    await expect(web.start(tls('cipher_suites: [TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384]'))).rejects.toThrow(
      'CipherSuites is missing an HTTP/2-required AES_128_GCM_SHA256 cipher',
    );
  });

  it('certificate and key inline, and mixed with files', async () => {
    const { cert, key, certFile, keyFile } = web.certificates().server;
    for (const pair of [
      { cert, key },
      { cert_file: certFile, key },
      { cert, key_file: keyFile },
    ]) {
      const exporter = await web.start(
        JSON.stringify({ tls_server_config: { ...pair, client_auth_type: 'RequireAnyClientCert' } }),
      );
      expect((await web.getTls(exporter, clientCert())).status).toBe(200);
    }
  });

  describe('client certificates', () => {
    const CA = 'client_ca_file: authority.crt';
    const refused = /socket hang up|ECONNRESET|certificate|handshake failure|disconnected|EPIPE/;

    /** What is answered to a client without a certificate, with a self-signed one, and with one of the authority. */
    it.each([
      ['NoClientCert', '', [200, 200, 200]],
      ['RequestClientCert', '', [200, 200, 200]],
      ['RequireAnyClientCert', '', [0, 200, 200]],
      ['RequireClientCert', '', [0, 200, 200]],
      ['VerifyClientCertIfGiven', CA, [200, 0, 200]],
      ['RequireAndVerifyClientCert', CA, [0, 0, 200]],
    ] as const)('%s', async (type, ca, expected) => {
      for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
        const exporter = await web.start(
          tls([`client_auth_type: ${type}`, ca].filter((part) => part !== '').join(', ')),
        );
        // Signed by itself, for this authority knows its name only.
        const { cert, key } = web.certificates().stranger;
        const statuses: number[] = [];
        for (const client of [{}, { cert, key }, clientCert()]) {
          const answer = web.getTls(exporter, { ...client, maxVersion });
          statuses.push(
            await answer.then(
              ({ status }) => status,
              (error: Error) => (refused.test(error.message) ? 0 : -1),
            ),
          );
        }
        expect(statuses, maxVersion).toEqual(expected);
      }
    });

    it.each([
      ['a DNS name', 'prometheus.example', 200],
      ['an e-mail address', 'a@example.org', 200],
      ['an IP address', '::1', 200],
      ['a URI', 'spiffe://monitoring', 200],
      ['one of several', 'nobody, prometheus.example', 200],
      ['another name', 'bad.example', 0],
      ['a part of the name', 'example', 0],
      ['the common name', 'client', 0],
    ])('client_allowed_sans with %s', async (_, sans, expected) => {
      const exporter = await web.start(
        tls(
          `client_auth_type: RequireAndVerifyClientCert, ${CA}, client_allowed_sans: [${sans
            .split(', ')
            .map((san) => JSON.stringify(san))
            .join(', ')}]`,
        ),
      );
      const status = await web.getTls(exporter, clientCert()).then(
        (answer) => answer.status,
        (error: Error) => (refused.test(error.message) ? 0 : -1),
      );
      expect(status).toBe(expected);
    });
  });

  describe('headers', () => {
    const HEADERS = {
      'Strict-Transport-Security': 'max-age=1',
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'sameorigin',
      'Content-Security-Policy': "default-src 'self'",
    };
    const YAML = `http_server_config: { headers: { X-XSS-Protection: 1, ${JSON.stringify(HEADERS).slice(1, -1)} } }\n`;

    it('are those that are configured, exactly, on every answer of ours', async () => {
      const exporter = await web.start(YAML);
      for (const path of ['/metrics', '/', '/nowhere']) {
        const { headers } = await exporter.get(path);
        for (const [name, value] of Object.entries(HEADERS)) expect(headers[name.toLowerCase()], path).toBe(value);
        expect(headers['x-xss-protection']).toBe('1');
      }
    });

    it('stand on a refused login, and not on a refused rate', async () => {
      const secured = await web.start(`${YAML}basic_auth_users: { a: $2y$04$${'a'.repeat(53)} }`);
      expect(await secured.get('/metrics')).toMatchObject({
        status: 401,
        headers: { 'x-frame-options': 'sameorigin' },
      });
      const limited = await web.start(`${YAML}rate_limit: { interval: 1s, burst: 0 }`);
      const { status, headers } = await limited.get('/metrics');
      expect([status, headers['x-frame-options']]).toEqual([429, undefined]);
    });
  });

  describe('what a request is refused for', () => {
    const YAML = 'http_server_config: { headers: { X-Frame-Options: deny } }\n';
    const BODY = { 'Content-Length': '5', Connection: 'keep-alive' };
    const EXPECTING = { Expect: 'miracles' };

    it.each([
      ['a body', BODY, 413],
      ['an expectation', EXPECTING, 417],
    ] as const)(
      '%s: is told to those only who may ask, with the headers, and ends the connection',
      async (_, has, status) => {
        const secured = await web.start(`${YAML}${USERS_YAML}`);
        const refused = await secured.get('/metrics', has);
        expect([refused.status, refused.headers['x-frame-options'], refused.headers.connection]).toEqual([
          401,
          'deny',
          'close',
        ]);
        const told = await secured.get('/metrics', { ...has, ...login('alice', 'ecila') });
        expect([told.status, told.headers['x-frame-options'], told.headers.connection]).toEqual([
          status,
          'deny',
          'close',
        ]);
        const limited = await web.start(`${YAML}rate_limit: { interval: 1s, burst: 0 }`);
        expect((await limited.get('/metrics', has)).status).toBe(429);
        web.write('nonsense');
        expect((await limited.get('/metrics', has)).status).toBe(500);
      },
    );
  });

  describe('the rate limit', () => {
    it('off: answers 10 requests', async () => {
      const exporter = await web.start('rate_limit: { interval: 0, burst: 0 }');
      for (let request = 0; request < 10; request += 1) expect((await exporter.get('/metrics')).status).toBe(200);
    });

    it('of no burst: answers nothing', async () => {
      const exporter = await web.start('rate_limit: { interval: 1s, burst: 0 }');
      expect(await exporter.get('/metrics')).toMatchObject({ status: 429, body: 'Too Many Requests\n' });
    });

    it('stands for all clients of a listener, before their logins, and for each listener alone', async () => {
      const exporter = await web.start('rate_limit: { interval: 1h, burst: 3 }', ['--web.listen-address=127.0.0.1:0']);
      const statuses: number[] = [];
      for (let request = 0; request < 5; request += 1) statuses.push((await exporter.get('/-/healthy')).status);
      expect(statuses).toEqual([200, 200, 200, 429, 429]);
      const { get } = await import('../../support/exporter.ts');
      expect((await get(`http://${exporter.exporter.addresses[1]}/-/healthy`)).status).toBe(200);
    });
  });
});
