/** What a web configuration file may say: refused at start and by validation alike, in the toolkit's words. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { CURVES, TLS_VERSIONS } from '../../../src/web/config/ciphers.ts';
import { openFrontDoor } from '../../../src/web/config/front-door.ts';
import {
  HEADERS,
  HTTP_KEYS,
  RATE_LIMIT_KEYS,
  ROOT_KEYS,
  readWebConfig,
  TLS_KEYS,
} from '../../../src/web/config/read.ts';
import { validateWebConfig } from '../../../src/web/config/validate.ts';
import { CLIENT_AUTH_TYPES } from '../../../src/web/config/web-config.ts';
import { isMissing } from '../../support/requirements.ts';
import { USERS, USERS_YAML, useWebConfig } from '../../support/web-config.ts';

const PAIR = '  cert_file: server.crt\n  key_file: server.key\n';

/** As the toolkit's table; no error: it is right. */
const FILES: readonly (readonly [name: string, text: string, error?: RegExp])[] = [
  ['empty config yml', ''],
  ['only a comment', '# nothing\n'],
  ['invalid structure', 'tls_server_config:\n cert_file: [\n', /web\.yml:\d: not valid YAML/],
  ['invalid key', 'tls_server_confg:\n', /web\.yml:1: tls_server_confg: unknown key; did you mean tls_server_config\?/],
  [
    'invalid key below',
    `tls_server_config:\n${PAIR}  cert_fil: x\n`,
    /web\.yml:4: tls_server_config\.cert_fil: unknown key; did you mean cert_file\?/,
  ],
  [
    'cert path empty',
    'tls_server_config:\n  cert_file: ""\n  key_file: server.key\n',
    /missing one of cert or cert_file/,
  ],
  ['cert empty', 'tls_server_config:\n  cert: ""\n  key_file: server.key\n', /missing one of cert or cert_file/],
  ['key path empty', 'tls_server_config:\n  cert_file: server.crt\n  key_file: ""\n', /missing one of key or key_file/],
  ['key empty', 'tls_server_config:\n  cert_file: server.crt\n  key: ""\n', /missing one of key or key_file/],
  [
    'cert path and key path empty',
    'tls_server_config:\n  cert_file: ""\n  key_file: ""\n  client_auth_type: RequireAnyClientCert\n',
    /missing one of cert or cert_file/,
  ],
  [
    'cert path invalid',
    'tls_server_config:\n  cert_file: somefile\n  key_file: server.key\n',
    /failed to read cert_file \(.*\/somefile\): no such file/,
  ],
  [
    'key path invalid',
    'tls_server_config:\n  cert_file: server.crt\n  key_file: somefile\n',
    /failed to read key_file \(.*\/somefile\): no such file/,
  ],
  [
    'cert path and key path invalid',
    'tls_server_config:\n  cert_file: somefile\n  key_file: somefile\n',
    /no such file/,
  ],
  [
    'certificate and key of two pairs',
    'tls_server_config:\n  cert_file: server.crt\n  key_file: client.key\n',
    /failed to load X509KeyPair: .*key values mismatch/,
  ],
  [
    'a certificate that is none',
    'tls_server_config:\n  cert: nothing\n  key_file: server.key\n',
    /cert or cert_file holds no certificate in PEM form/,
  ],
  ['a key that is none', 'tls_server_config:\n  cert_file: server.crt\n  key: nothing\n', /failed to load X509KeyPair/],
  [
    "CA's without a policy",
    `tls_server_config:\n${PAIR}  client_ca_file: authority.crt\n`,
    /client CA's have been configured without a Client Auth Policy/,
  ],
  [
    'invalid ClientAuth',
    `tls_server_config:\n${PAIR}  client_auth_type: Always\n`,
    /web\.yml:4: .*invalid ClientAuth: Always/,
  ],
  [
    'invalid ClientCAs filepath',
    `tls_server_config:\n${PAIR}  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: somefile\n`,
    /failed to read client_ca_file \(.*\/somefile\): no such file/,
  ],
  [
    'ClientCAs that are none',
    `tls_server_config:\n${PAIR}  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: server.key\n`,
    /holds no certificate/,
  ],
  [
    'allowed names without a client that has to have one',
    `tls_server_config:\n${PAIR}  client_auth_type: VerifyClientCertIfGiven\n  client_allowed_sans: [a]\n`,
    /client_allowed_sans requires client_auth_type to be one of RequireAnyClientCert or RequireAndVerifyClientCert/,
  ],
  [
    'invalid user list',
    'basic_auth_users:\n  john: doe\n',
    /web\.yml:2: basic_auth_users\.john: hashedSecret too short to be a bcrypted password/,
  ],
  ['a hash that is not bcrypt', `basic_auth_users:\n  john: ${'x'.repeat(60)}\n`, /not a bcrypted password/],
  [
    'a cost that is none',
    `basic_auth_users:\n  john: $2y$03$${'a'.repeat(53)}\n`,
    /cost 03 is outside allowed range \(4,31\)/,
  ],
  [
    'a cost that keeps everybody waiting',
    `basic_auth_users:\n  john: $2y$17$${'a'.repeat(53)}\n`,
    /cost 17 .*at most 16/,
  ],
  ['users', USERS_YAML],
  ['bad cipher', `tls_server_config:\n${PAIR}  cipher_suites: [TLS_NULL]\n`, /unknown cipher: TLS_NULL/],
  ['bad curves', `tls_server_config:\n${PAIR}  curve_preferences: [CurveP257]\n`, /unknown curve: CurveP257/],
  ['bad TLS version', `tls_server_config:\n${PAIR}  min_version: TLS111\n`, /unknown TLS version: TLS111/],
  [
    'versions the wrong way round',
    `tls_server_config:\n${PAIR}  min_version: TLS13\n  max_version: TLS12\n`,
    /must not be older than min_version/,
  ],
  [
    'invalid X-Content-Type-Options',
    'http_server_config:\n  headers:\n    X-Content-Type-Options: sniff\n',
    /invalid value for X-Content-Type-Options/,
  ],
  [
    'invalid X-Frame-Options',
    'http_server_config:\n  headers:\n    X-Frame-Options: never\n',
    /invalid value for X-Frame-Options/,
  ],
  [
    'a header that cannot be set',
    'http_server_config:\n  headers:\n    Server: mine\n',
    /web\.yml:3: .*HTTP header "Server" can not be configured/,
  ],
  [
    'a header in other letters',
    'http_server_config:\n  headers:\n    x-frame-options: deny\n',
    /HTTP header "x-frame-options" can not be configured/,
  ],
  [
    'a header of two lines',
    'http_server_config:\n  headers:\n    Content-Security-Policy: "a\\nX: b"\n',
    /must be one line/,
  ],
  ['a burst without an interval', 'rate_limit: { burst: 1 }', /rate_limit\.burst: limits nothing without interval/],
  ['an interval without a unit', 'rate_limit: { interval: 5, burst: 1 }', /must be a duration with its unit/],
  ['an interval of 0 as a number', 'rate_limit: { interval: 0, burst: 1 }'],
  ['a negative burst', 'rate_limit: { interval: 1s, burst: -1 }', /must be a whole number/],
  ['a list where a mapping stands', 'tls_server_config: [1]', /must be a mapping/],
  ['a key that stands twice', 'rate_limit:\nrate_limit:\n', /unique/],
  ['two documents', 'rate_limit:\n---\nrate_limit:\n', /one YAML document/],
];

describe.skipIf(isMissing('openssl'))('a web configuration file', () => {
  const web = useWebConfig();

  it.each(FILES.map(([name, text, error]) => ({ name, text, error })))(
    '$name: is judged the same when it is started with (run) and when it is checked (validate)',
    async ({ text, error }) => {
      if (error === undefined) {
        await web.start(text);
        validateWebConfig(web.file);
      } else {
        await expect(web.start(text)).rejects.toThrow(error);
        await expect(web.start(text)).rejects.toThrow(/^--web\.config\.file /);
        expect(() => validateWebConfig(web.file)).toThrow(error);
      }
    },
  );

  it('path to config yml invalid: is refused before anything is listened on', () => {
    const silent = { debug() {}, info() {}, warn() {}, error() {} };
    expect(() => openFrontDoor('/somefile', silent)).toThrow('open /somefile: no such file or directory');
    expect(() => validateWebConfig('/somefile')).toThrow('open /somefile: no such file or directory');
  });
});

describe('what is read', () => {
  const read = (text: string) => readWebConfig(text, '/etc/ras/web.yml');

  it('is TLS when anything of it is set, and then certificate and key are a must', () => {
    expect(read('').tls).toBeUndefined();
    expect(read('tls_server_config: {}').tls).toBeUndefined();
    expect(read('tls_server_config: { cert: a, key: b }').tls).toBeDefined();
    for (const set of [
      'cert: a',
      'cert_file: a',
      'key: a',
      'key_file: a',
      'client_ca: a',
      'client_ca_file: a',
      'client_auth_type: NoClientCert',
      'min_version: TLS13',
      'cipher_suites: []',
      'client_allowed_sans: [a]',
      'cert_file: "", key_file: ""',
    ]) {
      expect(() => read(`tls_server_config: { ${set} }`), set).toThrow(/missing one of/);
    }
  });

  it('takes paths from the folder of the file, and a file before an inline text', () => {
    const { tls } = read('tls_server_config: { cert: inline, cert_file: a.crt, key_file: /keys/a.key }');
    expect(tls?.cert).toEqual({ file: '/etc/ras/a.crt' });
    expect(tls?.key).toEqual({ file: '/keys/a.key' });
  });

  it('has the defaults of the toolkit', () => {
    expect(read('tls_server_config: { cert_file: a, key_file: b }').tls).toMatchObject({
      minVersion: 'TLSv1.2',
      maxVersion: 'TLSv1.3',
      preferServerCiphers: true,
      clientAuth: 'NoClientCert',
      ciphers: undefined,
      curves: undefined,
    });
  });

  it('takes durations as Go writes them', () => {
    const interval = (text: string) => read(`rate_limit: { interval: ${text} }`).rateLimit?.interval;
    expect(['1s', '1.5s', '1h30m', '250ms', '500us', '500µs', '0s', '0'].map(interval)).toEqual([
      1000,
      1500,
      5_400_000,
      250,
      0.5,
      0.5,
      undefined,
      undefined,
    ]);
    for (const wrong of ['1', '1d', '-1s', 'soon', '1s 2s'])
      expect(() => interval(wrong), wrong).toThrow(/rate_limit\.interval: must be a duration/);
  });

  it('takes the words of YAML 1.1 for true and false, aliases, and numbers as text', () => {
    const config = read(
      'tls_server_config: { cert_file: &pem a.pem, key_file: *pem, prefer_server_cipher_suites: no }\n' +
        'http_server_config: { http2: off, headers: { X-XSS-Protection: 1 } }\n',
    );
    expect(config.tls).toMatchObject({ key: { file: '/etc/ras/a.pem' }, preferServerCiphers: false });
    expect(config.headers.get('X-XSS-Protection')).toBe('1');
  });

  it('is the example of the documentation, and every key that it lists', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/web-configuration.md'), 'utf8');
    const config = read(/```yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '');
    expect(config).toMatchObject({
      tls: {
        clientAuth: 'RequireAndVerifyClientCert',
        clientCa: { file: '/etc/ras/prometheus-ca.crt' },
        allowedSans: ['prometheus.example.org'],
        minVersion: 'TLSv1.3',
      },
      rateLimit: { interval: 100, burst: 20 },
    });
    expect([...config.users.keys()]).toEqual(['prometheus']);
    expect([...config.headers]).toEqual([['X-Frame-Options', 'deny']]);
    for (const name of [...ROOT_KEYS, ...TLS_KEYS, ...HTTP_KEYS, ...RATE_LIMIT_KEYS, ...HEADERS.keys()]) {
      expect(page).toContain(name);
    }
    for (const name of [...CLIENT_AUTH_TYPES, ...TLS_VERSIONS.keys(), ...CURVES.keys()])
      expect(page).toContain(`\`${name}\``);
  });

  it('shows no secret, wherever it is shown', () => {
    const config = read(`${USERS_YAML}tls_server_config: { cert: a, key: PRIVATE }`);
    const shown = [
      JSON.stringify([config.tls, [...config.users]]),
      inspect(config, { depth: 9 }),
      String([...config.users.values()]),
    ];
    for (const text of shown) {
      expect(text).toContain('<secret>');
      expect(text).not.toContain('PRIVATE');
      expect(text).not.toContain(USERS.alice.slice(7));
    }
  });

  it.each([
    `basic_auth_users: { alice: "${USERS.alice.slice(1)}x" }`,
    `basic_auth_users: { alice: "${USERS.alice}", alice: "${USERS.alice}" }`,
    `basic_auth_users: { alice: "${USERS.alice} }`,
    `basic_auth_users: [ "${USERS.alice}" ]`,
    `basic_auth_users: { alice: !hash "${USERS.alice}" }`,
  ])('shows no secret in its complaint about %#', (text) => {
    expect(() => read(text)).toThrow(/web\.yml:\d/);
    try {
      read(text);
    } catch (error) {
      expect(String(error)).not.toContain(USERS.alice.slice(8, 40));
    }
  });
});
