/** Mistakes in a web configuration file that would switch protection off, or show a secret, if they were not refused. */
import { describe, expect, it } from 'vitest';
import { readWebConfig } from '../../../src/web/config/read.ts';
import { USERS } from '../../support/web-config.ts';

const read = (text: string) => readWebConfig(text, 'web.yml');
const PAIR = 'cert_file: a, key_file: b';

function problem(text: string): string {
  try {
    read(text);
  } catch (error) {
    return String(error);
  }
  return 'none';
}

describe('what would switch protection off by mistake is refused:', () => {
  it.each([
    ['basic_auth_users: *users', "web.yml:1: unknown anchor 'users' referenced"],
    ['\ntls_server_config: *t', "web.yml:2: unknown anchor 't' referenced"],
    ['rate_limit: *r', "web.yml:1: unknown anchor 'r' referenced"],
    ['*all', "web.yml:1: unknown anchor 'all' referenced"],
    ['basic_auth_users: *later\nrate_limit: &later {}', "web.yml:1: unknown anchor 'later' referenced"],
    [
      `tls_server_config:\n  cert_file: a\n  key_file: b\n  client_auth_type:\n    *auth`,
      "web.yml:5: unknown anchor 'auth' referenced",
    ],
    [
      `tls_server_config: { ${PAIR}, client_auth_type: RequireAnyClientCert, client_allowed_sans: [*name] }`,
      "web.yml:1: unknown anchor 'name' referenced",
    ],
    ['basic_auth_users:', 'web.yml:1: basic_auth_users: has no value; write {} for none, or leave the key out'],
    ['basic_auth_users: !!null', 'web.yml:1: basic_auth_users: has no value; write {} for none, or leave the key out'],
    ['basic_auth_users: ~', 'web.yml:1: basic_auth_users: has no value; write {} for none, or leave the key out'],
    ['basic_auth_users: []', 'web.yml:1: basic_auth_users: must be a mapping (key: value)'],
    ['basic_auth_users: ""', 'web.yml:1: basic_auth_users: must be a mapping (key: value)'],
    ['tls_server_config:', 'web.yml:1: tls_server_config: has no value; write {} for none, or leave the key out'],
    ['rate_limit: null', 'web.yml:1: rate_limit: has no value; write {} for none, or leave the key out'],
    ['null', 'web.yml:1: has no value; write {} for none, or leave the key out'],
    [
      `tls_server_config: { ${PAIR}, client_auth_type: null }`,
      'web.yml:1: tls_server_config.client_auth_type: has no value; give one, or leave the key out',
    ],
    [
      `tls_server_config: { ${PAIR}, client_auth_type: "" }`,
      /^web\.yml:1: tls_server_config\.client_auth_type: invalid ClientAuth: ; known are NoClientCert, /,
    ],
    [
      `tls_server_config: { ${PAIR}, client_auth_type: RequireAndVerifyClientCert, client_ca_file: "" }`,
      'web.yml:1: tls_server_config.client_ca_file: must not be empty',
    ],
    [
      `tls_server_config: { ${PAIR}, client_auth_type: RequireAnyClientCert, client_allowed_sans: }`,
      'web.yml:1: tls_server_config.client_allowed_sans: must be a list (- value)',
    ],
    ['tls_server_config: { min_version: TLS13 }', 'web.yml:1: tls_server_config: missing one of cert or cert_file'],
    [
      'rate_limit: &d { interval: 1s }\ntls_server_config:\n  <<: *d',
      'web.yml:3: tls_server_config.<<: merge keys (<<) are not read; write what it stands for',
    ],
    [
      `%YAML 1.1\n---\nbasic_auth_users: { <<: { alice: ${USERS.alice} } }`,
      'web.yml:3: basic_auth_users.<<: merge keys (<<) are not read; write what it stands for',
    ],
    ['['.repeat(20_000), 'web.yml:1: not valid YAML: nested too deeply'],
    [`basic_auth_users: { ~: ${USERS.alice} }`, 'web.yml:1: basic_auth_users: must have texts as keys'],
  ])('%.70s', (text, expected) => {
    const told = problem(text).replace('WebConfigError: ', '');
    if (typeof expected === 'string') expect(told).toBe(expected);
    else expect(told).toMatch(expected);
  });

  it.each(['basic_auth_users: {}', 'tls_server_config: {}', 'rate_limit: {}', '{}', 'http_server_config:'])(
    'but %s is said in so many words, and read',
    (text) => {
      expect(read(text)).toMatchObject({ tls: undefined, rateLimit: undefined, users: new Map() });
    },
  );

  it('aliases that have their anchor are read', () => {
    const { users } = read(`basic_auth_users: { alice: &hash ${USERS.alice}, carol: *hash }`);
    expect([...users].map(([name, hash]) => [name, hash.reveal()])).toEqual([
      ['alice', USERS.alice],
      ['carol', USERS.alice],
    ]);
  });
});

describe('names of users', () => {
  const names = [
    '7',
    '07',
    '007',
    '1.0',
    '0x10',
    '1e3',
    '123456789012345678901234567890',
    'yes',
    'true',
    '0o7',
    '1_000',
  ];

  it('are those that are written, whatever YAML makes of them', () => {
    for (const directive of ['', '%YAML 1.1\n---\n']) {
      const lines = names.map((name) => `  ${name}: ${USERS.alice}\n`);
      expect([...read(`${directive}basic_auth_users:\n${lines.join('')}`).users.keys()]).toEqual(names);
    }
  });

  it('are the same name with quotes and without, and then stand twice', () => {
    expect(problem(`basic_auth_users:\n  007: ${USERS.alice}\n  "007": ${USERS.alice}\n`)).toMatch(
      /web\.yml:3: not valid YAML: Map keys must be unique/,
    );
  });
});

describe('no message shows a secret:', () => {
  const hash = USERS.alice.slice(7, 40);
  it.each([
    ['a hash in place of the name', `basic_auth_users: { "${USERS.alice}": prom }`],
    ['a hash in place of the name, and no value', `basic_auth_users:\n  ${USERS.alice}:\n`],
    ['a hash as a tag', `basic_auth_users: { alice: !${USERS.alice} x }`],
    ['a hash as the tag of a mapping', `basic_auth_users: !${USERS.alice} { alice: x }`],
    ['a hash as an alias', `basic_auth_users: { alice: *${USERS.alice} }`],
    ['a hash in a broken escape', `basic_auth_users: { alice: "\\u${USERS.alice}" }`],
    ['a hash after the sign of a block', `basic_auth_users:\n  alice: |${USERS.alice}\n   x\n`],
    ['a hash as a directive', `%${USERS.alice}\n---\nbasic_auth_users: {}`],
    ['a hash on a line of its own', `basic_auth_users:\n  alice:\n${USERS.alice}\n`],
  ])('%s', (_, text) => {
    expect(problem(text)).toMatch(/web\.yml:\d/);
    expect(problem(text)).not.toContain(hash);
  });

  it('an alias in place of a key', () => {
    const told = problem('tls_server_config: { cert: a, key: *SECRET }');
    expect(told).toBe('WebConfigError: web.yml:1: unknown anchor referenced');
  });
});
