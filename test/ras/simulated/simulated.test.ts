import { describe, expect, it } from 'vitest';
import { CallError } from '../../../src/ras/call-errors.ts';
import { BUILTIN_SCENARIO } from '../../../src/ras/simulated/builtin.ts';
import { createSimulatedApi } from '../../../src/ras/simulated/simulated.ts';
import { CONNECTION_STATES, connectionState } from '../../../src/ras/states.ts';
import { PATIENT, play, sayAll } from './support.ts';

const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const OFFICE = `
phonebooks: { alice: 'C:\\Users\\alice\\rasphone.pbk' }
entries:
  - name: Office
    server: vpn.example.com
    always_on: true
    timeline:
      - { state: connecting, for: 3s }
      - { state: connected, for: 10s }
      - { state: failed, error: 809, for: 5s }
      - { state: disconnected, for: 2s }
  - { name: Lab, phonebook: alice, owner: other, device: WAN Miniport (SSTP), server: lab.example.com }
`;

describe('the simulated API', () => {
  it('enumerates a connection with everything that Windows would say about it', async () => {
    const { api } = play(OFFICE);
    const { connections } = await sayAll(api);
    expect(connections).toEqual([
      {
        handle: 0x10001n,
        entry: 'Office',
        deviceType: 'vpn',
        deviceName: 'WAN Miniport (IKEv2)',
        phonebookPath: 'C:\\ProgramData\\Microsoft\\Network\\Connections\\Pbk\\rasphone.pbk',
        subEntry: 1,
        entryId: expect.stringMatching(GUID),
        flags: 0x1 | 0x4 | 0x8,
        correlationId: expect.stringMatching(GUID),
        status: {
          state: 2,
          substate: 0,
          error: 0,
          deviceType: 'vpn',
          deviceName: 'WAN Miniport (IKEv2)',
          phoneNumber: 'vpn.example.com',
        },
      },
    ]);
  });

  it('lists the entries of the phone books with their properties, dialled or not', async () => {
    const { entries } = await sayAll(play(OFFICE).api);
    expect(entries).toEqual([
      {
        entry: 'Office',
        phonebookPath: 'C:\\ProgramData\\Microsoft\\Network\\Connections\\Pbk\\rasphone.pbk',
        allUsers: true,
        properties: {
          alwaysOn: true,
          server: 'vpn.example.com',
          deviceType: 'vpn',
          deviceName: 'WAN Miniport (IKEv2)',
          entryId: expect.stringMatching(GUID),
          type: 2,
          vpnStrategy: 0,
          encryption: 1,
        },
      },
      {
        entry: 'Lab',
        phonebookPath: 'C:\\Users\\alice\\rasphone.pbk',
        allUsers: false,
        properties: expect.objectContaining({ alwaysOn: false, server: 'lab.example.com' }),
      },
    ]);
  });

  it('plays the timeline, keeps the handle of a failed dial, and has none when disconnected', async () => {
    const { api, clock } = play(OFFICE);
    const seen: unknown[] = [];
    for (const seconds of [0, 3, 13, 18, 20]) {
      clock.now = 5000 + seconds * 1000;
      const { connections } = await sayAll(api);
      seen.push(connections.map(({ handle, status }) => [handle, status?.state, status?.error]));
    }
    expect(seen).toEqual([
      [[0x10001n, 2, 0]],
      [[0x10001n, 0x2000, 0]],
      [[0x10001n, 0x2001, 809]],
      [],
      [[0x20001n, 2, 0]],
    ]);
  });

  it('gives each dial its own correlation id, and all dials the id of their entry', async () => {
    const { api, clock } = play(OFFICE);
    const [first] = await api.enumConnections(PATIENT);
    clock.now += 20_000;
    const [second] = await api.enumConnections(PATIENT);
    expect(second?.correlationId).not.toBe(first?.correlationId);
    expect(second?.entryId).toBe(first?.entryId);
    const [office] = await api.enumEntries(PATIENT);
    expect(office && (await api.getEntryProperties(office, PATIENT)).entryId).toBe(first?.entryId);
  });

  it('knows no status of a connection that has ended, and counts the call as answered', async () => {
    const { api, clock } = play(OFFICE);
    const [{ handle } = { handle: 0n }] = await api.enumConnections(PATIENT);
    for (const seconds of [18, 20]) {
      clock.now = 5000 + seconds * 1000;
      expect(await api.getConnectStatus(handle, PATIENT)).toBeUndefined();
    }
    for (const nonsense of [0n, -1n, 7n, 0xffffn, 1n << 63n]) {
      expect(await api.getConnectStatus(nonsense, PATIENT)).toBeUndefined();
    }
    expect(api.calls.calls.get('RasGetConnectStatusW')).toBe(7);
    expect(api.calls.errors.size).toBe(0);
  });

  it('gives the same answers in whatever order it is asked, also when the clock is set back', async () => {
    const { api, clock } = play(OFFICE);
    const there = await sayAll(api);
    clock.now += 20_000;
    await sayAll(api);
    clock.now -= 20_000;
    expect(await sayAll(api)).toEqual(there);
  });

  it('says the same as another one of the same scenario, whenever they were started', async () => {
    const clocks = [{ now: 0 }, { now: 1_234_567.5 }];
    const apis = clocks.map((clock) => createSimulatedApi({ scenario: BUILTIN_SCENARIO, clock: () => clock.now }));
    for (let minute = 0; minute < 60; minute += 1) {
      const [one, other] = await Promise.all(apis.map(sayAll));
      expect(one).toEqual(other);
      for (const clock of clocks) clock.now += 61_000;
    }
  });

  it('answers with error 623 for an entry that is in no phone book, 87 for the text of an unknown error', async () => {
    const { api } = play('entries: [{ name: Hidden, in_phonebook: false, timeline: [{ state: connected }] }]');
    const [connection] = await api.enumConnections(PATIENT);
    expect(connection?.entry).toBe('Hidden');
    expect(await api.enumEntries(PATIENT)).toEqual([]);
    const name = { entry: 'Hidden', phonebookPath: connection?.phonebookPath ?? '', allUsers: true };
    await expect(api.getEntryProperties(name, PATIENT)).rejects.toThrow(CallError);
    await expect(api.getErrorString(4_000_000, PATIENT)).rejects.toMatchObject({ code: 87 });
    expect(await api.getErrorString(809, PATIENT)).toContain('did not answer');
    expect(await api.getErrorString(810, PATIENT)).toBe('ERROR_VPN_BAD_CERT');
    expect(api.calls.errors).toEqual(
      new Map([
        ['RasGetEntryPropertiesW', new Map([[623, 1]])],
        ['RasGetErrorStringW', new Map([[87, 1]])],
      ]),
    );
    expect(api.calls.calls.get('RasGetErrorStringW')).toBe(3);
  });

  it('makes no call for one who waits no more', async () => {
    const { api } = play(OFFICE);
    const gone = AbortSignal.abort();
    await expect(api.enumConnections(gone)).rejects.toMatchObject({ name: 'CallTimeout' });
    await expect(api.getConnectStatus(1n, gone)).rejects.toMatchObject({ function: 'RasGetConnectStatusW' });
    expect(api.calls.calls.get('RasEnumConnectionsW')).toBe(0);
    expect(api.hanging).toBe(false);
  });
});

describe('entries', () => {
  it('with one name are one entry of the phone book and several connections', async () => {
    const link = (number: number) => `{ name: Bundle, sub_entry: ${number}, timeline: [{ state: connected }] }`;
    const { connections, entries } = await sayAll(play(`entries: [${link(1)}, ${link(2)}, ${link(2)}]`).api);
    expect(entries).toHaveLength(1);
    expect(connections.map(({ subEntry }) => subEntry)).toEqual([1, 2, 2]);
    expect(new Set(connections.map(({ entryId }) => entryId)).size).toBe(1);
    expect(new Set(connections.map(({ handle }) => handle)).size).toBe(3);
    expect(new Set(connections.map(({ correlationId }) => correlationId)).size).toBe(3);
  });

  it('in copies are numbered and each is further in its timeline', async () => {
    const { api, clock } = play(`
entries:
  - name: Site {n}
    count: 3
    stagger: 4s
    server: site{n}.example.com
    timeline: [{ state: connecting, for: 5s }, { state: connected, for: 5s }]
`);
    const states = async () =>
      (await sayAll(api)).connections.map(({ entry, status }) => [entry, status?.phoneNumber, status?.state]);
    expect(await states()).toEqual([
      ['Site 1', 'site1.example.com', 2],
      ['Site 2', 'site2.example.com', 2],
      ['Site 3', 'site3.example.com', 0x2000],
    ]);
    clock.now += 2000;
    expect((await states()).map(([, , state]) => state)).toEqual([2, 0x2000, 2]);
  });

  it('dialled without a phone book have neither path nor id', async () => {
    const yaml = 'entries: [{ name: ".555", phonebook: none, owner: unknown, timeline: [{ state: connected }] }]';
    const { connections, entries } = await sayAll(play(yaml).api);
    expect(connections).toMatchObject([{ entry: '.555', phonebookPath: '', entryId: '', flags: 0 }]);
    expect(entries).toEqual([]);
  });
});

describe('states', () => {
  it.each(CONNECTION_STATES.filter((word) => word !== 'disconnected'))('%s is shown as what it says', async (word) => {
    const error = word === 'failed' ? ', error: 691' : '';
    const { connections } = await sayAll(play(`entries: [{ name: A, timeline: [{ state: ${word}${error} }] }]`).api);
    const [status] = connections.map((connection) => connection.status);
    expect(status && connectionState(status)).toBe(word);
  });

  it.each([
    ['state: connecting', [2, 0, 0]],
    ['state: authenticating', [5, 0, 0]],
    ['state: waiting', [0x1000, 0, 0]],
    ['state: connected', [0x2000, 0, 0]],
    ['state: dormant', [0x2000, 1, 0]],
    ['state: reconnecting', [0x2000, 2, 0]],
    ['state: failed, error: 809', [0x2001, 0, 809]],
    ['state: connecting, error: 0x80072746', [2, 0, 0x8007_2746]],
    ['state: connected, substate: RASCSS_Reconnected', [0x2000, 0x2000, 0]],
    ['state: RASCS_Projected', [18, 0, 0]],
    ['state: RASCS_Disconnected', [0x2001, 0, 0]],
    ['state: 77, substate: 9, error: 4294967295', [77, 9, 0xffff_ffff]],
  ])('{ %s } is what Windows would give', async (step, [state, substate, error]) => {
    const { connections } = await sayAll(play(`entries: [{ name: A, timeline: [{ ${step} }] }]`).api);
    expect(connections.map((connection) => connection.status)).toMatchObject([{ state, substate, error }]);
  });
});
