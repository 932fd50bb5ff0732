import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type ConnectionsOptions, connectionsCollector } from '../../src/collectors/connections/connections.ts';
import { Scraper } from '../../src/collectors/scrape.ts';
import { TEXT } from '../../src/outputs/prometheus/accept.ts';
import { render } from '../../src/outputs/prometheus/render.ts';
import { parseExposition, seriesOf } from '../support/exposition.ts';
import { ALICE_PBK, ALL_USERS_PBK, connection, entry, type FakeConnection, FakeRas } from '../support/fake-ras.ts';
import { machine } from '../support/machine.ts';

let ras: FakeRas;
let scraper: Scraper;

function use(options: ConnectionsOptions = {}): void {
  ras = new FakeRas();
  scraper = new Scraper(machine(ras), [connectionsCollector(options)]);
}

async function scrape(timeout = 5000) {
  const { families } = await scraper.scrape(timeout);
  return parseExposition(await render(families, TEXT));
}

async function metric(name: string): Promise<Record<string, number>> {
  return seriesOf(await scrape(), name);
}

const OFFICE = '{entry="Office VPN",phonebook="all_users"}';
const official = (name: string, labels: string) => `${name}{entry="Office VPN",phonebook="all_users",${labels}}`;

beforeEach(() => use());

describe('a connection that is up', () => {
  beforeEach(() => {
    ras.entries = [entry('Office VPN')];
    ras.connections = [connection()];
  });

  it('is up, in state connected and in no other, with its raw codes', async () => {
    const series = await scrape();
    expect(series.get(`ras_connection_up${OFFICE}`)).toBe(1);
    expect(seriesOf(series, 'ras_connection_state')).toEqual({
      [official('', 'state="connected"')]: 1,
      [official('', 'state="reconnecting"')]: 0,
      [official('', 'state="dormant"')]: 0,
      [official('', 'state="waiting"')]: 0,
      [official('', 'state="authenticating"')]: 0,
      [official('', 'state="connecting"')]: 0,
      [official('', 'state="failed"')]: 0,
      [official('', 'state="disconnected"')]: 0,
    });
    expect(series.get(`ras_connection_state_code${OFFICE}`)).toBe(0x2000);
    expect(series.get(`ras_connection_substate_code${OFFICE}`)).toBe(0);
    expect(series.get(`ras_connection_error_code${OFFICE}`)).toBe(0);
    expect(series.get(`ras_connection_failures_total${OFFICE}`)).toBe(0);
    expect(series.get('ras_up')).toBe(1);
  });

  it('says what it runs over', async () => {
    ras.connections = [connection({ deviceType: 'VPN', flags: 1 | 4 | 8 })];
    expect(await metric('ras_connection_info')).toEqual({
      [official(
        '',
        'device_type="vpn",device_name="WAN Miniport (IKEv2)",protocol="ikev2",server="vpn.example.com",' +
          'ownership="self",entry_id="00112233-4455-6677-8899-aabbccddeeff"',
      )]: 1,
    });
  });

  it.each([
    ['WAN Miniport (IKEv2)', 'ikev2'],
    ['WAN Miniport (SSTP)', 'sstp'],
    ['WAN Miniport (L2TP)', 'l2tp'],
    ['WAN Miniport (PPTP)', 'pptp'],
    ['WAN Miniport (PPPOE)', 'pppoe'],
    ['Standard Modem', ''],
  ])('over %s has the protocol %s', async (deviceName, protocol) => {
    ras.connections = [connection({ deviceName })];
    expect(Object.keys(await metric('ras_connection_info'))[0]).toContain(`protocol="${protocol}"`);
  });

  it.each([
    [0, 'unknown'],
    [4, 'other'],
    [12, 'self'],
    [8, 'unknown'],
  ])('with the flags %d has the ownership %s', async (flags, ownership) => {
    ras.connections = [connection({ flags: flags | 1 })];
    expect(Object.keys(await metric('ras_connection_info'))[0]).toContain(`ownership="${ownership}"`);
  });

  it.each([
    [1, 'dormant'],
    [2, 'reconnecting'],
  ])('in substate %d is %s, and not up', async (substate, state) => {
    ras.connections = [connection({ substate })];
    const series = await scrape();
    expect(series.get(`ras_connection_up${OFFICE}`)).toBe(0);
    expect(series.get(official('ras_connection_state', `state="${state}"`))).toBe(1);
    expect(series.get(`ras_connection_substate_code${OFFICE}`)).toBe(substate);
  });
});

describe('a phone-book entry without a connection', () => {
  it('has its series, without raw codes, with what its entry says', async () => {
    ras.entries = [entry('Office VPN', { deviceName: 'WAN Miniport (SSTP)', server: 'sstp.example.com' })];
    const series = await scrape();
    expect(series.get(`ras_connection_up${OFFICE}`)).toBe(0);
    expect(series.get(official('ras_connection_state', 'state="disconnected"'))).toBe(1);
    expect(series.get(`ras_connection_error_code${OFFICE}`)).toBe(0);
    expect(seriesOf(series, 'ras_connection_state_code')).toEqual({});
    expect(seriesOf(series, 'ras_connection_substate_code')).toEqual({});
    expect(Object.keys(seriesOf(series, 'ras_connection_info'))[0]).toContain(
      'protocol="sstp",server="sstp.example.com",ownership="unknown"',
    );
  });

  it('is gone from the next scrape when it is gone from the phone book', async () => {
    ras.entries = [entry('Office VPN'), entry('Other')];
    expect(Object.keys(await metric('ras_connection_up'))).toHaveLength(2);
    ras.entries = [entry('Other')];
    expect(await metric('ras_connection_up')).toEqual({ '{entry="Other",phonebook="all_users"}': 0 });
  });
});

describe('the identity of a connection', () => {
  it('keeps the entries of different phone books apart, without naming their users', async () => {
    const hash = createHash('sha256').update(ALICE_PBK.toLowerCase()).digest('hex').slice(0, 8);
    ras.entries = [entry('Office VPN'), entry('Office VPN', { phonebookPath: ALICE_PBK, allUsers: false })];
    ras.connections = [connection({ phonebookPath: ALICE_PBK.toUpperCase(), flags: 0 })];
    const text = JSON.stringify(Object.fromEntries(await scrape()));
    expect(text).not.toMatch(/alice/i);
    expect(await metric('ras_connection_up')).toEqual({
      [OFFICE]: 0,
      [`{entry="Office VPN",phonebook="user:${hash}"}`]: 1,
    });
  });

  it('is that of the phone book, however the name was typed when it was dialled', async () => {
    ras.entries = [entry('Office VPN')];
    ras.connections = [connection({ entry: 'OFFICE vpn' })];
    expect(await metric('ras_connection_up')).toEqual({ [OFFICE]: 1 });
  });

  it('stays that of the phone book while the phone book cannot be read', async () => {
    ras.entries = [entry('Office VPN')];
    ras.connections = [connection({ entry: 'OFFICE vpn', state: 2, error: 809 })];
    await scrape();
    ras.returns.set('RasEnumEntriesW', 5);
    expect(await metric('ras_connection_failures_total')).toEqual({ [OFFICE]: 1 });
  });

  it('of a connection without a phone book has no phone book', async () => {
    ras.connections = [connection({ entry: '.5551234', phonebookPath: '', flags: 0 })];
    expect(await metric('ras_connection_up')).toEqual({ '{entry=".5551234",phonebook=""}': 1 });
  });

  it('is found by its path where Windows forgets to say that the phone book is that of all users', async () => {
    ras.entries = [entry('Office VPN')];
    ras.connections = [connection({ flags: 0, phonebookPath: ALL_USERS_PBK.toLowerCase() })];
    expect(await metric('ras_connection_up')).toEqual({ [OFFICE]: 1 });
  });
});

describe('the error of a connection', () => {
  const errorsOf = () => metric('ras_connection_errors_total');
  const ERROR_809 = official('', 'error_code="809",error="ERROR_VPN_TIMEOUT",category="network"');

  beforeEach(() => {
    ras.entries = [entry('Office VPN')];
  });

  it('is counted when it is entered, and not at every scrape', async () => {
    const dial = connection({ state: 2 });
    ras.connections = [dial];
    expect(await errorsOf()).toEqual({});
    ras.connections = [{ ...dial, status: { ...dial.status, error: 809 } }];
    expect(await errorsOf()).toEqual({ [ERROR_809]: 1 });
    expect(await errorsOf()).toEqual({ [ERROR_809]: 1 });
    const series = await scrape();
    expect(series.get(`ras_connection_error_code${OFFICE}`)).toBe(809);
    expect(series.get(`ras_connection_failures_total${OFFICE}`)).toBe(1);
    expect(series.get(official('ras_connection_state', 'state="failed"'))).toBe(1);
  });

  it('is counted anew when the dial is restarted, told by its correlation id, its handle, or both', async () => {
    const first = connection({ state: 2, error: 809 });
    ras.connections = [first];
    expect(await errorsOf()).toEqual({ [ERROR_809]: 1 });
    ras.connections = [{ ...first, correlationId: 'c0de0000-0000-0000-0000-00000000beef' }];
    expect(await errorsOf()).toEqual({ [ERROR_809]: 2 });
    ras.connections = [{ ...first, handle: first.handle + 0x1000n }];
    expect(await errorsOf()).toEqual({ [ERROR_809]: 3 });
    ras.connections = [connection({ state: 2, error: 809 })];
    expect(await errorsOf()).toEqual({ [ERROR_809]: 4 });
  });

  it('is not counted twice when Windows leaves the connection out of one enumeration', async () => {
    const dial = connection({ state: 2, error: 809 });
    ras.connections = [dial];
    await scrape();
    ras.connections = [];
    await scrape();
    ras.connections = [dial];
    expect(await errorsOf()).toEqual({ [ERROR_809]: 1 });
  });

  it.each([
    ['vanishes and returns', ['c0de', '', '', 'c0de', '']],
    ['appears', ['', 'c0de', 'c0de']],
  ])('is not counted twice when the correlation id %s under its handle', async (_, ids) => {
    const dial = connection({ state: 2, error: 809 });
    for (const correlationId of ids) {
      ras.connections = [{ ...dial, correlationId }];
      expect(await errorsOf()).toEqual({ [ERROR_809]: 1 });
    }
  });

  it('is counted anew when another correlation id follows on none, or the handle was away', async () => {
    const dial = connection({ state: 2, error: 809, correlationId: 'c0de' });
    const steps: readonly (readonly [FakeConnection[], number])[] = [
      [[dial], 1],
      [[{ ...dial, correlationId: '' }], 1],
      [[{ ...dial, correlationId: 'beef' }], 2],
      [[], 2],
      [[{ ...dial, correlationId: '' }], 3],
      [[], 3],
      [[{ ...dial, correlationId: 'beef' }], 3],
    ];
    for (const [connections, count] of steps) {
      ras.connections = connections;
      expect(await errorsOf()).toEqual({ [ERROR_809]: count });
    }
  });

  it('of a reused handle without correlation id is that of another dial', async () => {
    const dial = connection({ state: 2, error: 809, correlationId: '' });
    ras.connections = [dial];
    await scrape();
    ras.connections = [];
    await scrape();
    ras.connections = [dial];
    expect(await errorsOf()).toEqual({ [ERROR_809]: 2 });
  });

  it('is not counted anew after a scrape in which Windows did not answer', async () => {
    ras.connections = [connection({ state: 2, error: 809, correlationId: '' })];
    await scrape();
    ras.returns.set('RasEnumConnectionsW', 1722);
    await scrape();
    ras.returns.clear();
    expect(await errorsOf()).toEqual({ [ERROR_809]: 1 });
  });

  it('of a reused handle is that of another dial also where no phone book keeps the entry in sight', async () => {
    ras.entries = [];
    const dial = connection({ state: 2, error: 809, correlationId: '' });
    for (const connections of [[dial], [], [dial]]) {
      ras.connections = connections;
      await scrape();
    }
    expect(await metric('ras_connection_failures_total')).toEqual({ [OFFICE]: 2 });
  });

  it('of a connection that is always there is not forgotten over those that come and go', async () => {
    const stale = connection({ state: 2, error: 809 });
    const failures = async (...connections: FakeConnection[]) => {
      ras.connections = connections;
      return (await metric('ras_connection_failures_total'))[OFFICE];
    };
    for (let dial = 1; dial <= 40; dial += 1) await failures(stale, connection({ state: 2, error: 691 }));
    expect(await failures(connection())).toBe(41);
    expect(await failures(stale)).toBe(41);
  });

  it('that becomes another one counts as both', async () => {
    const dial = connection({ state: 2, error: 809 });
    ras.connections = [dial];
    await scrape();
    ras.connections = [{ ...dial, status: { ...dial.status, error: 691 } }];
    expect(Object.values(await errorsOf())).toEqual([1, 1]);
    expect(await metric('ras_connection_failures_total')).toEqual({ [OFFICE]: 2 });
  });

  it('keeps its count while the entry is out of sight', async () => {
    ras.connections = [connection({ state: 2, error: 809 })];
    await scrape();
    ras.connections = [];
    ras.entries = [];
    expect(await errorsOf()).toEqual({});
    ras.entries = [entry('Office VPN')];
    expect(await errorsOf()).toEqual({ [ERROR_809]: 1 });
  });

  it('keeps its number when nobody knows it, and an HRESULT its usual form', async () => {
    ras.connections = [connection({ state: 2, error: 4711 }), connection({ state: 2, error: 0x800b0109 })];
    expect(await errorsOf()).toEqual({
      [official('', 'error_code="4711",error="unknown",category="unknown"')]: 1,
      [official('', 'error_code="0x800B0109",error="CERT_E_UNTRUSTEDROOT",category="certificate"')]: 1,
    });
  });

  it('is the same for two scrapers at once and one after the other', async () => {
    ras.connections = [connection({ state: 2, error: 809 })];
    const [first, second] = await Promise.all([errorsOf(), errorsOf()]);
    expect(first).toEqual({ [ERROR_809]: 1 });
    expect(second).toEqual(first);
    expect(await errorsOf()).toEqual(first);
  });

  it('that is garbage, and another one each time, does not grow a series per scrape', async () => {
    for (let code = 1; code <= 200; code += 1) {
      ras.connections = [connection({ state: 2, error: 1_000_000 + code })];
      await scrape();
    }
    const errors = await errorsOf();
    expect(Object.keys(errors)).toHaveLength(33);
    expect(errors[official('', 'error_code="other",error="unknown",category="unknown"')]).toBe(168);
    expect(await metric('ras_connection_failures_total')).toEqual({ [OFFICE]: 200 });
  });
});

describe('the return value of a function', () => {
  it('is counted apart from the errors of connections', async () => {
    ras.connections = [connection({ state: 2, error: 809 })];
    ras.returns.set('RasEnumEntriesW', 5);
    const series = await scrape();
    expect(seriesOf(series, 'ras_api_errors_total')).toEqual({
      '{function="RasEnumEntriesW",error_code="5",error="ERROR_ACCESS_DENIED"}': 1,
    });
    expect(seriesOf(series, 'ras_api_calls_total')).toEqual({
      '{function="RasEnumConnectionsW"}': 1,
      '{function="RasGetConnectStatusW"}': 1,
      '{function="RasEnumEntriesW"}': 1,
      '{function="RasGetEntryPropertiesW"}': 0,
      '{function="RasGetConnectionStatistics"}': 0,
      '{function="RasGetProjectionInfoEx"}': 0,
      '{function="RasEnumDevicesW"}': 0,
      '{function="RasGetErrorStringW"}': 0,
    });
  });

  it.each([711, 5, 1722, 1062])(
    '%d from RasEnumConnectionsW: not up, no connection, entries remembered',
    async (code) => {
      ras.entries = [entry('Office VPN', { alwaysOn: true })];
      ras.connections = [connection()];
      await scrape();
      ras.returns.set('RasEnumConnectionsW', code);
      const series = await scrape();
      expect(series.get('ras_up')).toBe(0);
      expect(seriesOf(series, 'ras_connection_up')).toEqual({});
      expect(seriesOf(series, 'ras_connection_state')).toEqual({});
      expect(Object.values(seriesOf(series, 'ras_connections'))).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
      expect(series.get(`ras_connection_expected${OFFICE}`)).toBe(1);
      expect(series.get(`ras_connection_failures_total${OFFICE}`)).toBe(0);
      expect(series.get('ras_exporter_collector_success{collector="connections"}')).toBe(0);
      expect(series.get('ras_exporter_collector_timeout{collector="connections"}')).toBe(0);
    },
  );

  it('8 from RasGetConnectStatusW hides the state of that connection, and of no other', async () => {
    const lost = connection({ entry: 'Lost' });
    ras.entries = [entry('Lost'), entry('Office VPN')];
    ras.connections = [lost, connection()];
    ras.returns.set(`RasGetConnectStatusW ${lost.handle}`, 8);
    const series = await scrape();
    expect(seriesOf(series, 'ras_connection_up')).toEqual({ [OFFICE]: 1 });
    expect(series.get('ras_up')).toBe(1);
    expect(seriesOf(series, 'ras_api_errors_total')).toEqual({
      '{function="RasGetConnectStatusW",error_code="8",error="ERROR_NOT_ENOUGH_MEMORY"}': 1,
    });
    expect(series.get('ras_exporter_collector_success{collector="connections"}')).toBe(0);
  });

  it('6 from RasGetConnectStatusW means that the connection ended meanwhile', async () => {
    const gone = connection();
    ras.entries = [entry('Office VPN')];
    ras.connections = [gone];
    ras.returns.set(`RasGetConnectStatusW ${gone.handle}`, 6);
    const series = await scrape();
    expect(series.get(official('ras_connection_state', 'state="disconnected"'))).toBe(1);
    expect(seriesOf(series, 'ras_api_errors_total')).toEqual({});
    expect(series.get('ras_exporter_collector_success{collector="connections"}')).toBe(1);
  });

  it('623 from RasGetEntryPropertiesW leaves open whether the entry is Always On', async () => {
    ras.entries = [entry('Office VPN', { alwaysOn: true }), entry('Other', { alwaysOn: true })];
    ras.returns.set('RasGetEntryPropertiesW Office VPN', 623);
    expect(await metric('ras_connection_expected')).toEqual({ '{entry="Other",phonebook="all_users"}': 1 });
  });
});

describe('connections with one identity', () => {
  it('are up when any is up, whatever comes first', async () => {
    const up = connection();
    const stale = connection({ state: 0x2001, error: 631 });
    for (const order of [
      [up, stale],
      [stale, up],
    ]) {
      ras.connections = order;
      const series = await scrape();
      expect(seriesOf(series, 'ras_connection_up')).toEqual({ [OFFICE]: 1 });
      expect(series.get(`ras_connection_state_code${OFFICE}`)).toBe(0x2000);
      expect(series.get(`ras_connection_error_code${OFFICE}`)).toBe(631);
      expect(series.get('ras_connections{state="connected"}')).toBe(1);
      expect(series.get('ras_connections{state="failed"}')).toBe(0);
    }
  });

  it('show the error that was entered last', async () => {
    const old = connection({ state: 2, error: 809 });
    ras.connections = [old];
    await scrape();
    ras.connections = [connection({ state: 2, error: 691 }), old];
    expect(await metric('ras_connection_error_code')).toEqual({ [OFFICE]: 691 });
    expect(await metric('ras_connection_failures_total')).toEqual({ [OFFICE]: 2 });
  });

  it('show no state when the better one may hide behind a status that is not known', async () => {
    const unknown = connection();
    ras.connections = [connection({ state: 2 }), unknown];
    ras.returns.set(`RasGetConnectStatusW ${unknown.handle}`, 8);
    expect(await metric('ras_connection_up')).toEqual({});
    ras.connections = [connection(), unknown];
    expect(await metric('ras_connection_up')).toEqual({ [OFFICE]: 1 });
  });
});

describe('the flags of the collector', () => {
  it('show what is included and not excluded, by the whole name', async () => {
    use({ include: /^(?:Office.*)$/u, exclude: /^(?:Office 2)$/u });
    ras.entries = [entry('Office 1'), entry('Office 2'), entry('Office 22'), entry('Home')];
    ras.connections = [connection({ entry: 'Home' }), connection({ entry: 'Office 22' })];
    expect(await metric('ras_connection_up')).toEqual({
      '{entry="Office 1",phonebook="all_users"}': 0,
      '{entry="Office 22",phonebook="all_users"}': 1,
    });
  });

  it('go by the spelling of the phone book, however a connection was dialled', async () => {
    const dialled = [connection({ entry: 'office vpn' })];
    use({ include: /^Office VPN$/u });
    ras.entries = [entry('Office VPN')];
    ras.connections = dialled;
    expect(await metric('ras_connection_up')).toEqual({ [OFFICE]: 1 });
    use({ exclude: /^Office VPN$/u });
    ras.entries = [entry('Office VPN')];
    ras.connections = dialled;
    expect(await metric('ras_connection_up')).toEqual({});
  });

  it('expect by default what Windows marks Always On', async () => {
    ras.entries = [entry('Office VPN', { alwaysOn: true }), entry('Other')];
    expect(await metric('ras_connection_expected')).toEqual({
      [OFFICE]: 1,
      '{entry="Other",phonebook="all_users"}': 0,
    });
  });

  it('expect nothing, and do not say that they expect nothing, where no phone book can be read', async () => {
    ras.entries = [entry('Office VPN', { alwaysOn: true })];
    ras.connections = [connection(), connection({ entry: 'Guest', phonebookPath: ALICE_PBK, flags: 0 })];
    expect(await metric('ras_connection_expected')).toEqual({ [OFFICE]: 1 });
    ras.returns.set('RasEnumEntriesW', 5);
    expect(await metric('ras_connection_expected')).toEqual({});
  });

  it('expect what the pattern says instead, also where there is no phone book', async () => {
    use({ expected: /^(?:Other|Guest)$/u });
    ras.entries = [entry('Office VPN', { alwaysOn: true }), entry('Other')];
    ras.connections = [connection({ entry: 'Guest', phonebookPath: ALICE_PBK, flags: 0 })];
    expect(Object.values(await metric('ras_connection_expected'))).toEqual([0, 1, 1]);
  });
});

describe('hostile names', () => {
  it('come out as valid UTF-8, escaped, and as one series where they differ in lone surrogates only', async () => {
    const name = 'a"b\\c\nd,e="f"} 1\r\0\u2028';
    ras.entries = [entry(name), entry('x\ud800'), entry('x\udc00'), entry('😀'.repeat(64))];
    const { families } = await scraper.scrape(5000);
    const text = await render(families, TEXT);
    expect(Buffer.from(text).toString()).toBe(text);
    expect(text.isWellFormed()).toBe(true);
    const names = Object.keys(seriesOf(parseExposition(text), 'ras_connection_up'));
    expect(names).toHaveLength(3);
    expect(names[0]).toBe('{entry="a\\"b\\\\c\\nd,e=\\"f\\"} 1\r\0\u2028",phonebook="all_users"}');
    expect(names[1]).toBe('{entry="x\ufffd",phonebook="all_users"}');
  });
});

/** Anything that Windows might say about few entries. */
const anyConnection: fc.Arbitrary<FakeConnection> = fc
  .record({
    handle: fc.bigInt({ min: 1n, max: 4n }),
    entry: fc.constantFrom('A', 'a', 'B', '.555', 'x\ud800', 'x\udfff', ''),
    phonebookPath: fc.constantFrom('', ALICE_PBK, ALL_USERS_PBK),
    flags: fc.nat({ max: 0xffffffff }),
    correlationId: fc.constantFrom('', 'c1', 'c2'),
    state: fc.oneof(fc.constantFrom(0, 2, 5, 0x1000, 0x2000, 0x2001), fc.nat({ max: 0xffffffff })),
    substate: fc.constantFrom(0, 1, 2, 0x2000, 99),
    error: fc.constantFrom(0, 809, 691, 4711, 0x800b0109),
  })
  .map(connection);

describe('whatever Windows says', () => {
  it('there is no series twice, one state per connection, no counter that falls', async () => {
    const step = fc.record({
      connections: fc.array(anyConnection, { maxLength: 6 }),
      entries: fc.uniqueArray(fc.constantFrom('A', 'B', 'x\ud800', 'x\udfff'), { maxLength: 4 }),
      failing: fc.option(
        fc.constantFrom('RasEnumConnectionsW', 'RasGetConnectStatusW', 'RasEnumEntriesW', 'RasGetEntryPropertiesW'),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        use();
        const highest = new Map<string, number>();
        for (const { connections, entries, failing } of steps) {
          ras.connections = connections;
          ras.entries = entries.map((name) => entry(name));
          ras.returns.clear();
          if (failing !== null) ras.returns.set(failing, 711);
          const series = await scrape();
          const states = new Map<string, number>();
          for (const [key, value] of series) {
            if (/^ras_.*_total/.test(key)) {
              expect(value).toBeGreaterThanOrEqual(highest.get(key) ?? 0);
              highest.set(key, value);
            }
            const owner = /^ras_connection_state(\{.*),state=/.exec(key)?.[1];
            if (owner !== undefined) states.set(owner, (states.get(owner) ?? 0) + value);
          }
          expect([...states.values()].every((sum) => sum === 1)).toBe(true);
          const shown = Object.values(seriesOf(series, 'ras_connections')).reduce((sum, count) => sum + count, 0);
          expect(shown).toBe(states.size);
        }
      }),
      { numRuns: 300 },
    );
  });
});
