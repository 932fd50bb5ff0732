/** The packaged exporter on node.exe, asked over HTTP, with the double for rasapi32.dll: what it says of a machine. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RAS_FUNCTIONS } from '../../src/ras/api.ts';
import { consistentExposition } from '../support/consistent.ts';
import { behave, connection, DoubleScript, entry, status } from '../support/double.ts';
import { get } from '../support/exporter.ts';
import { type Series, seriesOf } from '../support/exposition.ts';
import { ALICE_PBK, ALL_USERS_PBK, mixedMachine } from '../support/mixed.ts';
import { promtoolFindings } from '../support/promtool.ts';
import { isMissing } from '../support/requirements.ts';
import { startOnWine, WINE_SETUP_TIMEOUT_MS, type WineExporter } from '../support/wine.ts';

const folder = mkdtempSync(join(tmpdir(), 'ras-wine-'));
const double = new DoubleScript(folder);

const ALICE = `user:${createHash('sha256').update(ALICE_PBK.toLowerCase()).digest('hex').slice(0, 8)}`;

/** `{entry="…",phonebook="…"}` */
const of = (name: string, phonebook = 'all_users') => `{entry="${name}",phonebook="${phonebook}"}`;

describe.skipIf(isMissing('wine', 'x86_64-w64-mingw32-gcc', 'promtool'))('the exporter on Windows', () => {
  let exporter: WineExporter;

  beforeAll(async () => {
    double.play();
    exporter = await startOnWine({ dll: 'double', env: double.env.wine });
  }, WINE_SETUP_TIMEOUT_MS);
  afterAll(() => {
    exporter.stop();
    rmSync(folder, { recursive: true });
  });

  async function exposition(): Promise<string> {
    const { status: code, headers, body } = await get(`${exporter.url}/metrics`);
    expect([code, headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    return body;
  }

  async function scrape(): Promise<Series> {
    return consistentExposition(await exposition());
  }

  /** The state of each connection, by its labels. */
  function statesIn(series: Series): Record<string, string> {
    const active = Object.entries(seriesOf(series, 'ras_connection_state')).filter(([, value]) => value === 1);
    return Object.fromEntries(
      active.map(([labels]) => {
        const [, identity, state] = /^(.*),state="(.*)"\}$/.exec(labels) ?? [];
        return [`${identity}}`, state ?? ''];
      }),
    );
  }

  describe('with a connection of each kind', () => {
    let series: Series;

    beforeEach(async () => {
      double.play(...mixedMachine);
      series = await scrape();
    });

    it('shows each in its state', () => {
      expect(statesIn(series)).toEqual({
        [of('Büro 東京')]: 'connected',
        [of('Dormant')]: 'dormant',
        [of('Branch')]: 'failed',
        [of('Always On')]: 'authenticating',
        [of('Idle')]: 'disconnected',
        [of('Of Alice', ALICE)]: 'connected',
      });
      expect(seriesOf(series, 'ras_connections')).toEqual({
        '{state="connected"}': 2,
        '{state="reconnecting"}': 0,
        '{state="dormant"}': 1,
        '{state="waiting"}': 0,
        '{state="authenticating"}': 1,
        '{state="connecting"}': 0,
        '{state="failed"}': 1,
        '{state="disconnected"}': 1,
      });
    });

    it('shows which of them are up, and which should be', () => {
      const zero = [of('Dormant'), of('Branch'), of('Always On'), of('Idle')].map((labels) => [labels, 0]);
      const up = { ...Object.fromEntries(zero), [of('Büro 東京')]: 1, [of('Of Alice', ALICE)]: 1 };
      expect(seriesOf(series, 'ras_connection_up')).toEqual(up);
      expect(seriesOf(series, 'ras_connection_expected')).toEqual({
        [of('Büro 東京')]: 0,
        [of('Dormant')]: 0,
        [of('Branch')]: 0,
        [of('Always On')]: 1,
        [of('Idle')]: 0,
        // Nobody knows of the connection whose phone book cannot be read.
      });
    });

    it('shows the raw codes, and none for an entry without a connection', () => {
      expect(seriesOf(series, 'ras_connection_state_code')).toEqual({
        [of('Büro 東京')]: 0x2000,
        [of('Dormant')]: 0x2000,
        [of('Branch')]: 0x2001,
        [of('Always On')]: 5,
        [of('Of Alice', ALICE)]: 0x2000,
      });
      expect(series.get(`ras_connection_substate_code${of('Dormant')}`)).toBe(1);
      expect(series.get(`ras_connection_error_code${of('Branch')}`)).toBe(809);
      expect(series.get(`ras_connection_error_code${of('Büro 東京')}`)).toBe(0);
    });

    it('counts the failure once, however often it is asked', async () => {
      await scrape();
      const { '{entry="Branch",phonebook="all_users"}': failures, ...others } = seriesOf(
        await scrape(),
        'ras_connection_failures_total',
      );
      expect(failures).toBe(1);
      expect(new Set(Object.values(others))).toEqual(new Set([0]));
      expect(seriesOf(await scrape(), 'ras_connection_errors_total')).toEqual({
        '{entry="Branch",phonebook="all_users",error_code="809",error="ERROR_VPN_TIMEOUT",category="network"}': 1,
      });
    });

    it('says what they run over and whose they are, without a path or a user', async () => {
      const infos = Object.keys(seriesOf(series, 'ras_connection_info'));
      const labelsOf = (name: string) => infos.find((labels) => labels.startsWith(`{entry="${name}"`));
      expect(labelsOf('Büro 東京')).toBe(
        '{entry="Büro 東京",phonebook="all_users",device_type="vpn",device_name="WAN Miniport (IKEv2)",' +
          'protocol="ikev2",server="vpn.example.com",ownership="self",entry_id="11111111-2222-3333-4444-555555555555"}',
      );
      expect(labelsOf('Of Alice')).toBe(
        `{entry="Of Alice",phonebook="${ALICE}",device_type="vpn",device_name="WAN Miniport (SSTP)",` +
          'protocol="sstp",server="sstp.example.com",ownership="other",entry_id=""}',
      );
      expect(labelsOf('Idle')).toBe(
        '{entry="Idle",phonebook="all_users",device_type="vpn",device_name="WAN Miniport (L2TP)",' +
          'protocol="l2tp",server="idle.example.com",ownership="unknown",entry_id=""}',
      );
      expect(await exposition()).not.toMatch(/Users|rasphone|\balice\b/);
    });

    it('read everything, without an error of the API', () => {
      expect(series.get('ras_up')).toBe(1);
      expect(series.get('ras_exporter_collector_success{collector="connections"}')).toBe(1);
      expect(series.get('ras_exporter_collector_timeout{collector="connections"}')).toBe(0);
      expect(seriesOf(series, 'ras_api_errors_total')).toEqual({});
    });

    it('is itself with the real API, on the packaged version of Node.js', () => {
      const [build] = Object.keys(seriesOf(series, 'ras_exporter_build_info'));
      expect(build).toMatch(/node_version="v22\.[^"]*",api="rasapi32"\}$/);
      expect(Object.keys(seriesOf(series, 'process_resident_memory_bytes'))).toHaveLength(1);
    });

    it('passes promtool check metrics without a finding', async () => {
      expect(await promtoolFindings(await exposition())).toBe('');
    });
  });

  it.each([
    [0, 'connecting'],
    [14, 'authenticating'],
    [18, 'connecting'],
    [19, 'authenticating'],
    [24, 'connecting'],
    [25, 'connecting'],
    [0x1003, 'waiting'],
    [0x1fff, 'waiting'],
    [0x2002, 'connecting'],
    [0xffff_fffe, 'connecting'],
  ])('with a connection in state %d shows it as %s, with its code', async (state, shown) => {
    double.play(connection({ handle: 1n, entry: 'Odd', flags: 1 }), status({ handle: 1n, state }));
    const series = await scrape();
    expect(statesIn(series)).toEqual({ [of('Odd')]: shown });
    expect(series.get(`ras_connection_state_code${of('Odd')}`)).toBe(state);
  });

  it('without a connection says that there is none', async () => {
    double.play();
    const series = await scrape();
    expect(series.get('ras_up')).toBe(1);
    expect(statesIn(series)).toEqual({});
    expect(series.get('ras_exporter_collector_success{collector="connections"}')).toBe(1);
  });

  it('with 500 connections shows all of them', async () => {
    const many = Array.from({ length: 500 }, (_, index) =>
      connection({ handle: BigInt(index + 1), entry: `VPN ${index}`, phonebookPath: ALL_USERS_PBK, flags: 1 }),
    );
    double.play(...many);
    const series = await scrape();
    expect(series.get('ras_connections{state="connected"}')).toBe(500);
    expect(Object.values(seriesOf(series, 'ras_connection_up'))).toEqual(Array.from({ length: 500 }, () => 1));
    expect(series.get('ras_exporter_collector_success{collector="connections"}')).toBe(1);
  });

  it.each([
    [711, 'ERROR_RASMAN_CANNOT_INITIALIZE'],
    [5, 'ERROR_ACCESS_DENIED'],
    [1722, 'RPC_S_SERVER_UNAVAILABLE'],
  ])('while the RAS service is unavailable (%d) is down, and claims nothing', async (returns, name) => {
    double.play(...mixedMachine, ...RAS_FUNCTIONS.map((called) => behave({ function: called, returns })));
    const series = await scrape();
    expect(series.get('ras_up')).toBe(0);
    expect(statesIn(series)).toEqual({});
    expect(series.get('ras_exporter_collector_success{collector="connections"}')).toBe(0);
    const labels = `{function="RasEnumConnectionsW",error_code="${returns}",error="${name}"}`;
    expect(series.get(`ras_api_errors_total${labels}`)).toBe(1);
    const problem = `collector=connections err="RasEnumConnectionsW returned ${returns} ${name}`;
    await scrape();
    expect(exporter.log().split(problem)).toHaveLength(2);
    double.play(...mixedMachine);
    expect((await scrape()).get('ras_up')).toBe(1);
  });

  it('shows the other connections when Windows has no memory to tell the state of one (8)', async () => {
    double.play(...mixedMachine, behave({ function: 'RasGetConnectStatusW', handle: 2n, returns: 8 }));
    const series = await scrape();
    expect(series.get('ras_up')).toBe(1);
    expect(Object.keys(statesIn(series))).not.toContain(of('Dormant'));
    expect(series.get(`ras_connection_up${of('Büro 東京')}`)).toBe(1);
    expect(series.get(`ras_connection_up${of('Of Alice', ALICE)}`)).toBe(1);
    expect(series.get('ras_exporter_collector_success{collector="connections"}')).toBe(0);
    const labels = '{function="RasGetConnectStatusW",error_code="8",error="ERROR_NOT_ENOUGH_MEMORY"}';
    expect(series.get(`ras_api_errors_total${labels}`)).toBe(1);
  });

  it('takes a connection that ended between two calls (6) for ended, not for an error', async () => {
    double.play(
      connection({ handle: 1n, entry: 'Ending', phonebookPath: ALL_USERS_PBK, flags: 1 }),
      entry({ entry: 'Ending', phonebookPath: ALL_USERS_PBK, allUsers: true }),
      behave({ function: 'RasGetConnectStatusW', returns: 6 }),
    );
    const before = seriesOf(await scrape(), 'ras_api_errors_total');
    const series = await scrape();
    expect(statesIn(series)).toEqual({ [of('Ending')]: 'disconnected' });
    expect(series.get('ras_exporter_collector_success{collector="connections"}')).toBe(1);
    expect(seriesOf(series, 'ras_api_errors_total')).toEqual(before);
  });

  // Must stand last: it looks at all that the tests before it made the exporter do.
  it('has called functions that read, and no other', async () => {
    const called = new Set(double.readCalls().map((call) => call.function));
    const reading = RAS_FUNCTIONS.filter((name) => name !== 'RasGetErrorStringW');
    expect([...called].toSorted()).toEqual([...reading].toSorted());
    expect(exporter.log()).not.toContain('level=error');
  });
});
