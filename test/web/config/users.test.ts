/** Logins: who is let in, how many at once, and what an attacker learns. */
import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { parseBasicAuth } from '../../../src/web/config/basic-auth.ts';
import { Passwords } from '../../../src/web/config/passwords.ts';
import { Secret } from '../../../src/web/config/web-config.ts';
import { isMissing } from '../../support/requirements.ts';
import { login, USERS, USERS_YAML, useWebConfig } from '../../support/web-config.ts';

const TLS = 'tls_server_config: { cert_file: server.crt, key_file: server.key }\n';
const askerFrom = (from: string) => ({ from, waits: () => true });
const silent = { debug() {}, info() {}, warn() {}, error() {} };

describe.skipIf(isMissing('openssl'))('logins', () => {
  const web = useWebConfig();

  it.each([
    ['none', {}, 401],
    ['the right one', login('alice', 'ecila'), 200],
    ['another right one', login('carol', 'lorac'), 200],
    ['a right one with a hash of cost 10', login('bob', 'bob'), 200],
    ['a wrong password', login('alice', 'alice'), 401],
    ['the password of another', login('alice', 'lorac'), 401],
    ['an unknown user', login('nobody', 'ybodon'), 401],
    ['an unknown user with the password of the hash that stands in', login('nobody', 'fakepassword'), 401],
    ['no password', login('alice', ''), 401],
    ['no name', login('', ''), 401],
    ['a hash for a password', login('alice', USERS.alice), 401],
    ['a name from the prototype of objects', login('__proto__', 'x'), 401],
    ['another name from there', login('constructor', 'x'), 401],
  ])('%s: %#', async (_, headers, status) => {
    const plain = await web.start(USERS_YAML);
    for (let again = 0; again < 2; again += 1) {
      const answer = await plain.get('/metrics', headers);
      expect(answer.status).toBe(status);
      if (status === 401)
        expect([answer.body, answer.headers['www-authenticate']]).toEqual(['Unauthorized\n', 'Basic']);
    }
    const secured = await web.start(USERS_YAML + TLS);
    expect((await web.getTls(secured, { headers })).status).toBe(status);
    expect((await web.getTls(secured, { headers, path: '/' })).status).toBe(status);
  });

  it.each([
    'Basic',
    'Basic ',
    'Basic !!!!',
    'Basic YWxpY2U=',
    'Basic YWxpY2U6ZWNpbGE',
    'Basic YWxpY2U6ZWNpbGE= x',
    'Basic =YWxpY2U6ZWNpbGE',
    'Basic /////w==',
    `Basic ${'A'.repeat(12_000)}`,
    'Bearer YWxpY2U6ZWNpbGE=',
    'Digest username="alice"',
    'YWxpY2U6ZWNpbGE=',
  ])('%s is no login', async (Authorization) => {
    const exporter = await web.start(USERS_YAML);
    expect((await exporter.get('/metrics', { Authorization })).status).toBe(401);
    expect((await exporter.get('/metrics', login('alice', 'ecila'))).status).toBe(200);
  });

  it('150 right and 150 wrong ones at once are all answered, each rightly', { timeout: 60_000 }, async () => {
    // As many scrapes at once are a matter of --web.max-requests.
    const exporter = await web.start(USERS_YAML, ['--web.max-requests=0']);
    const right = Array.from({ length: 150 }, () => exporter.get('/metrics', login('alice', 'ecila')));
    const wrong = Array.from({ length: 150 }, (_, index) => exporter.get('/metrics', login('alice', `wrong ${index}`)));
    expect(new Set((await Promise.all(right)).map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set((await Promise.all(wrong)).map(({ status }) => status))).toEqual(new Set([401]));
  });

  it('a login that is remembered does not wait for those that are guessed', { timeout: 60_000 }, async () => {
    const exporter = await web.start(USERS_YAML);
    expect((await exporter.get('/metrics', login('alice', 'ecila'))).status).toBe(200);
    let guessed = 0;
    // Seconds of work: bob's hash takes some 60 ms for each.
    const guesses = Array.from({ length: 30 }, async (_, index) => {
      await exporter.get('/metrics', login('bob', `guess ${index}`));
      guessed += 1;
    });
    for (let scrape = 0; scrape < 10; scrape += 1) {
      expect((await exporter.get('/metrics', login('alice', 'ecila'))).status).toBe(200);
    }
    expect(guessed).toBeLessThan(20);
    await Promise.all(guesses);
  });

  it('the key of a remembered answer cannot be made of other parts (CVE-2022-46146)', async () => {
    const exporter = await web.start(USERS_YAML);
    const hash = '$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi';
    // Remembered for a user who does not exist; then asked for with the same text, divided otherwise.
    for (const [user, password] of [
      [`alice${USERS.alice}`, 'fakepassword'],
      ['alice', `${hash}fakepassword`],
      ['fakeuser', `${hash}:fakepassword`],
      [`fakeuser${hash}`, 'fakepassword'],
      ['alice', `${USERS.alice}:ecila`],
    ] as const) {
      expect((await exporter.get('/metrics', login(user, password))).status).toBe(401);
    }
    expect((await exporter.get('/metrics', login('fakeuser', 'fakepassword'))).status).toBe(401);
  });

  it('no client that has left is served', async () => {
    const exporter = await web.start(USERS_YAML);
    const asked = request(exporter.url, { path: '/metrics', headers: login('bob', 'bob'), agent: false });
    asked.on('error', () => {});
    asked.end(() => setTimeout(() => asked.destroy(), 20));
    await new Promise((resolve) => asked.on('close', resolve));
    // The only call is that of this scrape.
    const { body } = await exporter.get('/metrics', login('bob', 'bob'));
    expect(body).toContain('\nras_api_calls_total{function="RasEnumConnectionsW"} 1\n');
  });
});

describe('Passwords', () => {
  const users = new Map(Object.entries(USERS).map(([name, hash]) => [name, new Secret(hash)]));

  it('asks for no more than can wait, and says at once that there is no room', { timeout: 60_000 }, async () => {
    const passwords = new Passwords(silent);
    const verdicts = Array.from({ length: 600 }, (_, index) =>
      passwords.check({ user: 'alice', password: `no ${index}` }, users, askerFrom('somewhere')),
    );
    const all = await Promise.all(verdicts);
    expect(all.filter((verdict) => verdict === 'wrong')).toHaveLength(401);
    expect(all.filter((verdict) => verdict === 'busy')).toHaveLength(199);
    expect(await passwords.check({ user: 'alice', password: 'ecila' }, users, askerFrom('here'))).toBe('right');
    await passwords.close();
  });

  it('takes the place of whoever has most of them when it is full', { timeout: 60_000 }, async () => {
    const passwords = new Passwords(silent);
    const guesses = Array.from({ length: 401 }, (_, index) =>
      passwords.check({ user: 'alice', password: `no ${index}` }, users, askerFrom('attacker')),
    );
    const right = passwords.check({ user: 'carol', password: 'lorac' }, users, askerFrom('prometheus'));
    expect(await right).toBe('right');
    const all = await Promise.all(guesses);
    // The latest one of them.
    expect(all.indexOf('busy')).toBe(400);
    expect(all.filter((verdict) => verdict === 'busy')).toHaveLength(1);
    await passwords.close();
  });

  it('computes nothing for those who have left', { timeout: 60_000 }, async () => {
    const passwords = new Passwords(silent);
    let here = true;
    // Half a minute of work.
    const guesses = Array.from({ length: 400 }, (_, index) =>
      passwords.check({ user: 'bob', password: `no ${index}` }, users, { from: 'a', waits: () => here }),
    );
    const shared = passwords.check({ user: 'bob', password: 'no 399' }, users, askerFrom('a'));
    here = false;
    const began = performance.now();
    expect(await passwords.check({ user: 'carol', password: 'lorac' }, users, askerFrom('a'))).toBe('right');
    expect(await shared).toBe('wrong');
    expect(performance.now() - began).toBeLessThan(5000);
    // The first was under way, and the last was wanted by somebody else as well.
    expect((await Promise.all(guesses)).filter((verdict) => verdict === 'wrong')).toHaveLength(2);
    await passwords.close();
  });

  it('lets every address have its turn', { timeout: 60_000 }, async () => {
    const passwords = new Passwords(silent);
    let done = 0;
    const guesses = Array.from({ length: 200 }, async (_, index) => {
      await passwords.check({ user: 'alice', password: `no ${index}` }, users, askerFrom('attacker'));
      done += 1;
    });
    expect(await passwords.check({ user: 'carol', password: 'lorac' }, users, askerFrom('prometheus'))).toBe('right');
    expect(done).toBeLessThan(10);
    await Promise.all(guesses);
    await passwords.close();
  });

  it('tells those who wait when the thread ends, and starts another one', async () => {
    const passwords = new Passwords(silent);
    const waiting = ['x', 'y', 'z'].map((password) =>
      passwords.check({ user: 'bob', password }, users, askerFrom('a')),
    );
    await passwords.close();
    expect(await Promise.all(waiting)).toEqual(['busy', 'busy', 'busy']);
    expect(await passwords.check({ user: 'alice', password: 'ecila' }, users, askerFrom('a'))).toBe('right');
    await passwords.close();
  });

  it('takes as long for a name that does not exist as for one that does', { timeout: 60_000 }, async () => {
    const passwords = new Passwords(silent);
    const onlyBob = new Map([...users].filter(([name]) => name === 'bob'));
    const time = async (user: string) => {
      // The least that it took: the machine may have other things to do.
      let least = Number.POSITIVE_INFINITY;
      for (let attempt = 0; attempt < 5; attempt += 1) {
        const began = performance.now();
        await passwords.check({ user, password: `${user} ${attempt}` }, onlyBob, askerFrom('a'));
        least = Math.min(least, performance.now() - began);
      }
      return least;
    };
    const known = await time('bob');
    const unknown = await time('nobody');
    await passwords.close();
    expect(unknown / known).toBeGreaterThan(0.4);
    expect(unknown / known).toBeLessThan(2.5);
  });
});

describe('the header', () => {
  it.each([
    ['Basic YWxpY2U6ZWNpbGE=', { user: 'alice', password: 'ecila' }],
    ['bAsIc YWxpY2U6ZWNpbGE=', { user: 'alice', password: 'ecila' }],
    [`Basic ${Buffer.from('a:b:c').toString('base64')}`, { user: 'a', password: 'b:c' }],
    [`Basic ${Buffer.from('ä:ö\0').toString('base64')}`, { user: 'ä', password: 'ö\0' }],
    [`Basic ${Buffer.from('ä:ö', 'latin1').toString('base64')}`, undefined],
    [undefined, undefined],
  ])('%s', (header, credentials) => {
    expect(parseBasicAuth(header)).toEqual(credentials);
  });
});
