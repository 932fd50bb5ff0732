import { beforeEach, describe, expect, it } from 'vitest';
import { projectionCollector } from '../../../src/collectors/projection/projection.ts';
import { authenticationWord, encryptionWord, mobikeWord, natWord } from '../../../src/collectors/projection/words.ts';
import { Scraper } from '../../../src/collectors/scrape.ts';
import { TEXT } from '../../../src/outputs/prometheus/accept.ts';
import { render } from '../../../src/outputs/prometheus/render.ts';
import type { RasIkev2Projection, RasPppProjection } from '../../../src/ras/api.ts';
import { FunctionMissing } from '../../../src/ras/call-errors.ts';
import { parseExposition, seriesOf } from '../../support/exposition.ts';
import { connection, entry, type FakeConnection, FakeRas } from '../../support/fake-ras.ts';
import { machine } from '../../support/machine.ts';

const ikev2: RasIkev2Projection = {
  framing: 'ikev2',
  ipv4Error: 0,
  ipv4Address: '10.0.0.2',
  ipv4ServerAddress: '10.0.0.1',
  ipv6Error: 731,
  ipv6Address: '',
  ipv6ServerAddress: '',
  authenticationProtocol: 1,
  eapType: 0,
  flags: 1,
  encryptionMethod: 5,
};

const ppp: RasPppProjection = {
  framing: 'ppp',
  ipv4Error: 733,
  ipv4Address: '',
  ipv4ServerAddress: '',
  ipv6Error: 0,
  ipv6Address: 'fe80::1',
  ipv6ServerAddress: 'fe80::2',
  authenticationProtocol: 0xc223,
  authenticationData: 0x81,
  eapType: 0,
  lcpOptions: 0,
  ccpError: 0,
  ccpOptions: 0x40,
};

let ras: FakeRas;
let scraper: Scraper;

function use(addresses = false): void {
  ras = new FakeRas();
  scraper = new Scraper(machine(ras), [projectionCollector({ addresses })]);
}

async function scrape(timeout = 5000) {
  const { families, results } = await scraper.scrape(timeout);
  const text = await render(families, TEXT);
  return { text, series: parseExposition(text), problems: results.flatMap(({ problems }) => problems) };
}

function connect(held: FakeConnection, projection: RasIkev2Projection | RasPppProjection): FakeConnection {
  ras.connections = [...ras.connections, held];
  ras.projections.set(held.handle, projection);
  return held;
}

const OFFICE = '{entry="Office VPN",phonebook="all_users"}';
const success = (series: ReadonlyMap<string, number>) =>
  series.get('ras_exporter_collector_success{collector="projection"}');

beforeEach(() => use());

describe('a connection', () => {
  it('over IKEv2 shows what it negotiated', async () => {
    connect(connection(), ikev2);
    const { series } = await scrape();
    expect(seriesOf(series, 'ras_connection_negotiated_info')).toEqual({
      '{entry="Office VPN",phonebook="all_users",framing="ikev2",authentication="machine_certificate",encryption="aes256",ipv4="true",ipv6="false",nat="none",mobike="true"}': 1,
    });
    expect(seriesOf(series, 'ras_connection_ipv4_error_code')).toEqual({ [OFFICE]: 0 });
    expect(seriesOf(series, 'ras_connection_ipv6_error_code')).toEqual({ [OFFICE]: 731 });
    expect(success(series)).toBe(1);
  });

  it('over PPP shows what it negotiated', async () => {
    connect(connection(), ppp);
    const { series } = await scrape();
    expect(seriesOf(series, 'ras_connection_negotiated_info')).toEqual({
      '{entry="Office VPN",phonebook="all_users",framing="ppp",authentication="mschapv2",encryption="mppe128",ipv4="false",ipv6="true",nat="",mobike=""}': 1,
    });
    expect(seriesOf(series, 'ras_connection_ipv4_error_code')).toEqual({ [OFFICE]: 733 });
  });

  it('that negotiates anew shows the new words at once', async () => {
    const { handle } = connect(connection(), ikev2);
    await scrape();
    ras.projections.set(handle, { ...ikev2, encryptionMethod: 3 });
    const [labels] = Object.keys(seriesOf((await scrape()).series, 'ras_connection_negotiated_info'));
    expect(labels).toContain('encryption="aes128"');
  });

  it('that has negotiated nothing, or ended, has no series, and that is no error', async () => {
    ras.connections = [connection()];
    ras.entries = [entry('Idle')];
    const { series } = await scrape();
    expect([...series.keys()].filter((name) => name.startsWith('ras_connection_'))).toEqual([]);
    expect(success(series)).toBe(1);
  });

  it('that is not up is not asked', async () => {
    connect(connection({ state: 5 }), ikev2);
    connect(connection({ state: 0x2001, error: 809, entry: 'Failed' }), ikev2);
    expect(seriesOf((await scrape()).series, 'ras_connection_negotiated_info')).toEqual({});
    expect(ras.calls.calls.get('RasGetProjectionInfoEx')).toBe(0);
  });

  it('that cannot be read hides no other', async () => {
    const bad = connect(connection({ entry: 'Bad' }), ikev2);
    connect(connection({ entry: 'Good' }), ikev2);
    ras.returns.set(`RasGetProjectionInfoEx ${bad.handle}`, 8);
    const { series, problems } = await scrape();
    expect(seriesOf(series, 'ras_connection_ipv4_error_code')).toEqual({ '{entry="Good",phonebook="all_users"}': 0 });
    expect(problems).toMatchObject([{ function: 'RasGetProjectionInfoEx', code: 8 }]);
    expect(success(series)).toBe(0);
  });
});

describe('connections with one identity', () => {
  it('are shown as the best of them is', async () => {
    connect(connection({ substate: 1 }), { ...ikev2, encryptionMethod: 2 });
    connect(connection(), { ...ikev2, encryptionMethod: 4 });
    const [labels, ...others] = Object.keys(seriesOf((await scrape()).series, 'ras_connection_negotiated_info'));
    expect(labels).toContain('encryption="aes192"');
    expect(others).toEqual([]);
  });

  it('are shown as the next best is where the best has negotiated nothing, or cannot be read', async () => {
    const best = connection();
    ras.connections = [best];
    connect(connection({ substate: 1 }), ppp);
    const framing = async () => Object.keys(seriesOf((await scrape()).series, 'ras_connection_negotiated_info'));
    expect(await framing()).toMatchObject([expect.stringContaining('framing="ppp"')]);
    ras.returns.set(`RasGetProjectionInfoEx ${best.handle}`, 8);
    expect(await framing()).toMatchObject([expect.stringContaining('framing="ppp"')]);
  });
});

describe('addresses', () => {
  it('are nowhere without the flag', async () => {
    connect(connection({ phoneNumber: 'vpn.example.com' }), ikev2);
    connect(connection({ entry: 'Six' }), ppp);
    const { text } = await scrape();
    expect(text).not.toMatch(/10\.0\.0|fe80/);
    expect(text).not.toContain('ras_connection_address_info');
  });

  it('are labels with it', async () => {
    use(true);
    connect(connection(), ikev2);
    expect(seriesOf((await scrape()).series, 'ras_connection_address_info')).toEqual({
      '{entry="Office VPN",phonebook="all_users",ipv4_address="10.0.0.2",ipv4_server="10.0.0.1",ipv6_address="",ipv6_server=""}': 1,
    });
  });
});

describe('a Windows without RasGetProjectionInfoEx', () => {
  it('is asked for one connection only, and the rest of the scrape is none the worse', async () => {
    for (const name of ['A', 'B', 'C']) connect(connection({ entry: name }), ikev2);
    let asked = 0;
    ras.getProjectionInfo = () => {
      asked += 1;
      return Promise.reject(new FunctionMissing('RasGetProjectionInfoEx', 'RasGetProjectionInfoEx cannot be used'));
    };
    const { series, problems } = await scrape();
    expect([asked, problems.length, success(series)]).toEqual([1, 1, 0]);
  });
});

describe('the words', () => {
  it.each([
    [0, 0, 0, 'none'],
    [0xc023, 0, 0, 'pap'],
    [0xc027, 0, 0, 'spap'],
    [0xc223, 0x05, 0, 'chap_md5'],
    [0xc223, 0x80, 0, 'mschap'],
    [0xc223, 0x81, 0, 'mschapv2'],
    [0xc223, 0x99, 0, 'chap'],
    [0xc227, 0, 13, 'eap_tls'],
    [0xc227, 0, 25, 'peap'],
    [0xc227, 0, 99, 'eap_99'],
    [0xc227, 0, 0xdead_beef, 'eap'],
    [0x1234, 0, 13, 'unknown'],
  ])('of PPP authentication %d, %d, EAP type %d: %s', (authenticationProtocol, authenticationData, eapType, word) => {
    expect(authenticationWord({ ...ppp, authenticationProtocol, authenticationData, eapType })).toBe(word);
  });

  it.each([
    [1, 0, 'machine_certificate'],
    [2, 26, 'eap_mschapv2'],
    [2, 21, 'eap_ttls'],
    [3, 0, 'psk'],
    [0, 0, 'unknown'],
    [4, 0, 'unknown'],
  ])('of IKEv2 authentication %d, EAP type %d: %s', (authenticationProtocol, eapType, word) => {
    expect(authenticationWord({ ...ikev2, authenticationProtocol, eapType })).toBe(word);
  });

  it.each([
    [0, 0, 0, 'none'],
    [0, 0, 0x41, 'mppe128'],
    [0, 0, 0x10, 'mppe56'],
    [0, 0, 0x20, 'mppe40'],
    [0, 732, 0x40, 'none'],
    [0x08, 0, 0, 'des'],
    [0x13, 0, 0, '3des'],
    [0x60, 0, 0x40, 'aes256'],
    [0x100, 0, 0, 'aes128_gcm'],
    [0x400, 0, 0, 'aes256_gcm'],
  ])('of PPP encryption LCP %d, CCP error %d, CCP %d: %s', (lcpOptions, ccpError, ccpOptions, word) => {
    expect(encryptionWord({ ...ppp, lcpOptions, ccpError, ccpOptions })).toBe(word);
  });

  it.each([
    [1, 'des'],
    [2, '3des'],
    [3, 'aes128'],
    [4, 'aes192'],
    [5, 'aes256'],
    [0, 'unknown'],
    [6, 'unknown'],
  ])('of IKEv2 encryption %d: %s', (encryptionMethod, word) => {
    expect(encryptionWord({ ...ikev2, encryptionMethod })).toBe(word);
  });

  it.each([
    [0, 'none', 'false'],
    [1, 'none', 'true'],
    [2, 'client', 'false'],
    [5, 'server', 'true'],
    [7, 'both', 'true'],
  ])('of IKEv2 flags %d: nat %s, mobike %s', (flags, nat, mobike) => {
    expect([natWord({ ...ikev2, flags }), mobikeWord({ ...ikev2, flags })]).toEqual([nat, mobike]);
    expect([natWord(ppp), mobikeWord(ppp)]).toEqual(['', '']);
  });
});
