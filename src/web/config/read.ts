/** Text of a web configuration file → `WebConfig`, strictly: nothing in it is ignored. Reads no other file. */
import { dirname, resolve } from 'node:path';
import { CIPHERS, CURVES, HTTP2_CIPHERS, TLS_VERSIONS } from './ciphers.ts';
import { parseGoDuration } from './duration.ts';
import {
  CLIENT_AUTH_TYPES,
  type ClientAuthType,
  type Pem,
  type RateLimit,
  Secret,
  type TlsConfig,
  type WebConfig,
} from './web-config.ts';
import { type Field, parseYaml } from './yaml.ts';

/** Every key, by where it may stand. */
export const ROOT_KEYS = ['tls_server_config', 'http_server_config', 'basic_auth_users', 'rate_limit'] as const;
export const TLS_KEYS = [
  'cert',
  'key',
  'client_ca',
  'cert_file',
  'key_file',
  'client_ca_file',
  'client_auth_type',
  'client_allowed_sans',
  'min_version',
  'max_version',
  'cipher_suites',
  'prefer_server_cipher_suites',
  'curve_preferences',
] as const;
export const HTTP_KEYS = ['http2', 'headers'] as const;
export const RATE_LIMIT_KEYS = ['interval', 'burst'] as const;

/** The headers that may be set, and the values that each may have; none listed: any. */
export const HEADERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['Strict-Transport-Security', []],
  ['X-Content-Type-Options', ['nosniff']],
  ['X-Frame-Options', ['deny', 'sameorigin']],
  ['X-XSS-Protection', []],
  ['Content-Security-Policy', []],
]);

type TlsFields = ReadonlyMap<(typeof TLS_KEYS)[number], Field>;

/**
 * @param file what messages call it; relative paths start in its folder
 * @throws WebConfigError
 */
export function readWebConfig(text: string, file: string): WebConfig {
  const root = parseYaml(text, file)?.fields(ROOT_KEYS);
  const server = root?.get('http_server_config');
  // Nothing of it protects anybody, and the toolkit's own files leave it empty.
  const http = server?.isEmpty === true ? undefined : server?.fields(HTTP_KEYS);
  const http2 = http?.get('http2')?.flag() ?? true;
  const tls = root?.get('tls_server_config');
  return {
    headers: readHeaders(http?.get('headers')),
    users: readUsers(root?.get('basic_auth_users')),
    rateLimit: readRateLimit(root?.get('rate_limit')),
    tls: tls === undefined ? undefined : readTls(tls, dirname(resolve(file)), http2),
  };
}

function readTls(place: Field, folder: string, http2: boolean): TlsConfig | undefined {
  const fields = place.fields(TLS_KEYS);
  const version = (key: 'min_version' | 'max_version') => {
    const field = fields.get(key);
    return field === undefined ? undefined : translate(field, 'TLS version', TLS_VERSIONS);
  };
  // Read before it is known whether TLS is on: a wrong name is wrong in either case.
  const settings = {
    minVersion: version('min_version') ?? 'TLSv1.2',
    maxVersion: version('max_version') ?? 'TLSv1.3',
    ciphers: readCiphers(fields.get('cipher_suites'), http2, version('min_version') === 'TLSv1.3'),
    preferServerCiphers: fields.get('prefer_server_cipher_suites')?.flag() ?? true,
    curves: names(fields.get('curve_preferences'))?.map((field) => translate(field, 'curve', CURVES)),
  } as const;
  const filled = (key: (typeof TLS_KEYS)[number]) => (fields.get(key)?.text() ?? '') !== '';
  const pem = (key: 'cert' | 'key' | 'client_ca') => filled(key) || filled(`${key}_file`);
  // Whoever sets anything wants TLS: without a certificate it would be off, and they would not know.
  if (fields.size === 0) return undefined;
  if (!pem('cert')) return place.fail('missing one of cert or cert_file');
  if (!pem('key')) return place.fail('missing one of key or key_file');
  const inversion = settings.minVersion > settings.maxVersion;
  if (inversion) return (fields.get('max_version') ?? place).fail('must not be older than min_version');
  const clientAuth = readClientAuth(fields.get('client_auth_type'));
  if (!pem('client_ca')) (fields.get('client_ca_file') ?? fields.get('client_ca'))?.fail('must not be empty');
  if (pem('client_ca') && clientAuth === 'NoClientCert') {
    place.fail(
      "client CA's have been configured without a Client Auth Policy; set client_auth_type: RequireAndVerifyClientCert",
    );
  }
  return {
    ...settings,
    cert: readPem(fields, 'cert', folder, (text) => text),
    key: readPem(fields, 'key', folder, (text) => new Secret(text)),
    clientCa: pem('client_ca') ? readPem(fields, 'client_ca', folder, (text) => text) : undefined,
    clientAuth,
    allowedSans: readSans(fields.get('client_allowed_sans'), clientAuth),
  };
}

function readPem<T>(
  fields: TlsFields,
  key: 'cert' | 'key' | 'client_ca',
  folder: string,
  inline: (text: string) => T,
): Pem<T> {
  const file = fields.get(`${key}_file`)?.text() ?? '';
  return file === '' ? { inline: inline(fields.get(key)?.text() ?? '') } : { file: resolve(folder, file) };
}

function readClientAuth(field: Field | undefined): ClientAuthType {
  if (field === undefined) return 'NoClientCert';
  const name = field.text();
  const type = CLIENT_AUTH_TYPES.find((known) => known === name);
  if (type === undefined) return field.fail(`invalid ClientAuth: ${name}; known are ${CLIENT_AUTH_TYPES.join(', ')}`);
  return type === 'RequireClientCert' ? 'RequireAnyClientCert' : type;
}

function readSans(field: Field | undefined, clientAuth: ClientAuthType): readonly string[] | undefined {
  if (field === undefined) return undefined;
  if (clientAuth !== 'RequireAnyClientCert' && clientAuth !== 'RequireAndVerifyClientCert') {
    field.fail(
      'client_allowed_sans requires client_auth_type to be one of RequireAnyClientCert or RequireAndVerifyClientCert',
    );
  }
  return field.list().map((item) => item.text());
}

function readCiphers(field: Field | undefined, http2: boolean, onlyTls13: boolean): readonly string[] | undefined {
  const suites = names(field);
  const translated = suites?.map((suite) => translate(suite, 'cipher', CIPHERS));
  if (http2 && !onlyTls13 && suites?.every((suite) => !HTTP2_CIPHERS.includes(suite.text())) === true) {
    field?.fail(
      'CipherSuites is missing an HTTP/2-required AES_128_GCM_SHA256 cipher ' +
        `(need at least one of ${HTTP2_CIPHERS.join(' or ')}); add one, or set http_server_config.http2: false`,
    );
  }
  return translated;
}

/** The items of a list; an empty list is as good as none. */
function names(field: Field | undefined): readonly Field[] | undefined {
  const items = field?.list();
  return items === undefined || items.length === 0 ? undefined : items;
}

function translate<T>(field: Field, kind: string, known: ReadonlyMap<string, T>): T {
  const name = field.text();
  return known.get(name) ?? field.fail(`unknown ${kind}: ${name}; known are ${[...known.keys()].join(', ')}`);
}

function readHeaders(place: Field | undefined): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const [name, field] of place?.members() ?? []) {
    const allowed = HEADERS.get(name);
    if (allowed === undefined) {
      field.fail(`HTTP header ${JSON.stringify(name)} can not be configured; only ${[...HEADERS.keys()].join(', ')}`);
      continue;
    }
    const value = field.text();
    if (allowed.length > 0 && !allowed.includes(value)) {
      field.fail(
        `invalid value for ${name}. Expected one of: ${allowed.join(', ')}, but got: ${JSON.stringify(value)}`,
      );
    }
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) field.fail(`invalid value for ${name}: it must be one line of Latin-1`);
    headers.set(name, value);
  }
  return headers;
}

/** Takes some four seconds to check; each one more doubles it. */
const MAX_COST = 16;

/** Length of `$2y$10$` and 53 characters of salt and hash. */
const HASH_LENGTH = 60;

function readUsers(place: Field | undefined): ReadonlyMap<string, Secret> {
  const users = new Map<string, Secret>();
  for (const [name, field] of place?.members() ?? []) {
    const hash = field.text();
    if (hash.length < HASH_LENGTH) field.fail('hashedSecret too short to be a bcrypted password');
    const { cost } = /^\$2[aby]\$(?<cost>\d\d)\$[./A-Za-z0-9]{53}$/.exec(hash)?.groups ?? {};
    if (cost === undefined) field.fail('not a bcrypted password: it must begin with $2a$, $2b$ or $2y$');
    if (Number(cost) < 4 || Number(cost) > 31) field.fail(`cost ${cost} is outside allowed range (4,31)`);
    if (Number(cost) > MAX_COST) {
      field.fail(`cost ${cost} keeps everybody waiting while it is checked; at most ${MAX_COST}, and 10 is enough`);
    }
    users.set(name, new Secret(hash));
  }
  return users;
}

function readRateLimit(place: Field | undefined): RateLimit | undefined {
  const fields = place?.fields(RATE_LIMIT_KEYS);
  const field = fields?.get('interval');
  const interval = parseGoDuration(field?.text() ?? '0');
  if (interval === undefined) return field?.fail('must be a duration with its unit, such as 1s or 100ms; 0 = no limit');
  const burst = fields?.get('burst')?.whole() ?? 0;
  if (field === undefined) fields?.get('burst')?.fail('limits nothing without interval');
  return interval === 0 ? undefined : { interval, burst };
}
