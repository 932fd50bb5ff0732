/** What connections of a scenario carry and have negotiated. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { authenticationWord, encryptionWord, natWord } from '../../../src/collectors/projection/words.ts';
import type { RasApi, RasStatistics } from '../../../src/ras/api.ts';
import {
  IKEV2_AUTHENTICATIONS,
  IKEV2_ENCRYPTIONS,
  NATS,
  PPP_AUTHENTICATIONS,
  PPP_ENCRYPTIONS,
} from '../../../src/ras/simulated/link.ts';
import { parseScenario } from '../../../src/ras/simulated/parse.ts';
import { createSimulatedApi } from '../../../src/ras/simulated/simulated.ts';
import { PATIENT, play, sayAll } from './support.ts';

async function statisticsOf(api: RasApi): Promise<RasStatistics | undefined> {
  const [connection] = await api.enumConnections(PATIENT);
  return connection && api.getConnectionStatistics(connection.handle, PATIENT);
}

async function projectionOf(api: RasApi) {
  const [connection] = await api.enumConnections(PATIENT);
  return connection && api.getProjectionInfo(connection.handle, PATIENT);
}

const OFFICE = `
entries:
  - name: Office
    traffic: { receive: 1000, transmit: 100, link_errors: 3600, speed: 64000 }
    timeline:
      - { state: connecting, for: 10s }
      - { state: connected, for: 20s }
      - { state: dormant, for: 5s }
      - { state: connected, for: 25s }
      - { state: failed, error: 829, for: 5s }
      - { state: disconnected, for: 5s }
`;

describe('traffic', () => {
  it('flows while the connection is up, and begins anew with the next one', async () => {
    const { api, clock } = play(OFFICE);
    const received: (number | undefined)[] = [];
    for (const now of [5, 12, 30, 33, 40, 62, 68, 75, 82, 110]) {
      clock.now = 5000 + now * 1000;
      received.push((await statisticsOf(api))?.bytesReceived);
    }
    expect(received).toEqual([undefined, 2000, 20_000, 20_000, 25_000, undefined, undefined, undefined, 2000, 25_000]);
  });

  it('is said with everything that belongs to it', async () => {
    const { api, clock } = play(OFFICE);
    clock.now += 43_000;
    expect(await statisticsOf(api)).toEqual({
      bytesReceived: 28_000,
      bytesTransmitted: 2800,
      framesReceived: 35,
      framesTransmitted: 4,
      crcErrors: 28,
      timeoutErrors: 0,
      alignmentErrors: 0,
      hardwareOverrunErrors: 0,
      framingErrors: 0,
      bufferOverrunErrors: 0,
      compressionIn: 0,
      compressionOut: 0,
      bitsPerSecond: 64_000,
      connectDuration: 33_000,
    });
  });

  it('wraps after 4 GiB, and its duration after 49.7 days', async () => {
    const { api, clock } = play(
      'entries: [{ name: A, traffic: { receive: 1000000 }, timeline: [{ state: connected }] }]',
    );
    clock.now += 4_295_000;
    expect(await statisticsOf(api)).toMatchObject({
      bytesReceived: 4_295_000_000 - 2 ** 32,
      connectDuration: 4_295_000,
    });
    clock.now = 5000 + 2 ** 32 + 1000;
    expect(await statisticsOf(api)).toMatchObject({ connectDuration: 1000 });
  });

  it('counts from 0 again where somebody clears it', async () => {
    const { api, clock } = play(`
entries:
  - name: A
    traffic: { receive: 1000 }
    timeline:
      - { state: connected, for: 60s }
      - { state: connected, clear: true, for: 60s }
`);
    const received: (number | undefined)[] = [];
    for (const seconds of [59, 61, 119, 121, 179, 181, 7379]) {
      clock.now = 5000 + seconds * 1000;
      received.push((await statisticsOf(api))?.bytesReceived);
    }
    expect(received).toEqual([59_000, 1000, 59_000, 61_000, 119_000, 1000, 119_000]);
  });

  it('adds up over rounds in which nothing ends', async () => {
    const { api, clock } = play(
      'entries: [{ name: A, traffic: { receive: 1000 }, timeline: [{ state: connected, for: 40s }, { state: dormant, for: 20s }] }]',
    );
    clock.now += 100 * 60_000 + 50_000;
    expect(await statisticsOf(api)).toMatchObject({ bytesReceived: 101 * 40_000, connectDuration: 6_050_000 });
  });

  it('never falls while one connection lasts, and is the same whatever was asked before', async () => {
    const yaml = OFFICE;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 2, maxLength: 20 }),
        async (times) => {
          const clock = { now: 0 };
          const scenario = parseScenario(yaml, 'x.yaml');
          const api = createSimulatedApi({ scenario, clock: () => clock.now });
          const last = new Map<bigint, number>();
          for (const now of times.toSorted((a, b) => a - b)) {
            clock.now = 0;
            const fresh = createSimulatedApi({ scenario, clock: () => clock.now });
            clock.now = now;
            expect(await sayAll(api)).toEqual(await sayAll(fresh));
            for (const { handle } of await api.enumConnections(PATIENT)) {
              const statistics = await api.getConnectionStatistics(handle, PATIENT);
              if (statistics === undefined) continue;
              expect(statistics.bytesReceived).toBeGreaterThanOrEqual(last.get(handle) ?? 0);
              last.set(handle, statistics.bytesReceived);
            }
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('what is negotiated', () => {
  const negotiate = (device: string, settings: string) =>
    projectionOf(
      play(`entries: [{ name: A, device: ${device}, negotiated: { ${settings} }, timeline: [{ state: connected }] }]`)
        .api,
    );

  it.each([
    ['WAN Miniport (IKEv2)', 'ikev2', 'eap_mschapv2', 'aes256'],
    ['WAN Miniport (SSTP)', 'ppp', 'eap_mschapv2', 'none'],
    ['WAN Miniport (L2TP)', 'ppp', 'mschapv2', 'aes256'],
    ['WAN Miniport (PPTP)', 'ppp', 'mschapv2', 'mppe128'],
    ['WAN Miniport (PPPOE)', 'ppp', 'pap', 'none'],
  ])('over %s is what such a device does', async (device, framing, authentication, encryption) => {
    const projection = await negotiate(device, '');
    expect(projection?.framing).toBe(framing);
    expect(projection && authenticationWord(projection)).toBe(authentication);
    expect(projection && encryptionWord(projection)).toBe(encryption);
  });

  it('is shown in the words in which the scenario says it', async () => {
    for (const word of Object.keys(IKEV2_AUTHENTICATIONS)) {
      const projection = await negotiate('IKEv2', `authentication: ${word}`);
      expect(projection && authenticationWord(projection)).toBe(word);
    }
    for (const word of Object.keys(PPP_AUTHENTICATIONS)) {
      const projection = await negotiate('SSTP', `authentication: ${word}`);
      expect(projection && authenticationWord(projection)).toBe(word);
    }
    for (const word of Object.keys(IKEV2_ENCRYPTIONS)) {
      const projection = await negotiate('IKEv2', `encryption: ${word}`);
      expect(projection && encryptionWord(projection)).toBe(word);
    }
    for (const word of Object.keys(PPP_ENCRYPTIONS)) {
      const projection = await negotiate('SSTP', `encryption: ${word}`);
      expect(projection && encryptionWord(projection)).toBe(word);
    }
    for (const word of Object.keys(NATS)) {
      const projection = await negotiate('IKEv2', `nat: ${word}`);
      expect(projection && natWord(projection)).toBe(word);
    }
  });

  it('has addresses where the protocol was negotiated, others for each connection', async () => {
    const yaml =
      'entries: [{ name: "{n}", count: 2, negotiated: { ipv4: true, ipv6: true }, timeline: [{ state: connected }] }]';
    const { connections } = await sayAll(play(yaml).api);
    expect(connections.map(({ projection }) => [projection?.ipv4Address, projection?.ipv6ServerAddress])).toEqual([
      ['10.0.0.2', 'fd00:0:0:1::1'],
      ['10.0.1.2', 'fd00:0:0:2::1'],
    ]);
    expect(await negotiate('IKEv2', 'ipv4: false')).toMatchObject({ ipv4Error: 731, ipv4Address: '', ipv6Address: '' });
  });

  it('is nothing before the connection is up', async () => {
    expect(await projectionOf(play('entries: [{ name: A, timeline: [{ state: connecting }] }]').api)).toBeUndefined();
  });

  it.each([
    ['{ name: A, device: SSTP, negotiated: { nat: none } }', 'nat belongs to IKEv2; this device speaks PPP'],
    ['{ name: A, negotiated: { encryption: mppe128 } }', 'there is no encryption "mppe128"'],
    ['{ name: A, traffic: { receive: -1 } }', 'expected a whole number from 0 to 10000000000, found -1'],
    [
      '{ name: A, timeline: [{ state: connecting, clear: true }] }',
      'only a connection that is up has statistics to clear',
    ],
  ])('%s is refused', (entry, message) => {
    expect(() => parseScenario(`entries: [${entry}]`, 'x.yaml')).toThrow(message);
  });
});

describe('trouble', () => {
  it('with statistics and projection can be that of one entry', async () => {
    const { api } = play(`
entries: [{ name: A, timeline: [{ state: connected }] }, { name: B, timeline: [{ state: connected }] }]
api:
  - { function: RasGetConnectionStatistics, entry: A, returns: 8 }
  - { function: RasGetProjectionInfoEx, entry: A, returns: 730 }
`);
    const [a, b] = await api.enumConnections(PATIENT);
    await expect(api.getConnectionStatistics(a?.handle ?? 0n, PATIENT)).rejects.toMatchObject({ code: 8 });
    expect(await api.getConnectionStatistics(b?.handle ?? 0n, PATIENT)).toBeDefined();
    expect(await api.getProjectionInfo(a?.handle ?? 0n, PATIENT)).toBeUndefined();
    expect(await api.getProjectionInfo(b?.handle ?? 0n, PATIENT)).toBeDefined();
    expect(api.calls.errors).toEqual(new Map([['RasGetConnectionStatistics', new Map([[8, 1]])]]));
  });
});

describe('the devices', () => {
  it('are the WAN miniports and what the entries dial with, each once', async () => {
    const { api } = play(
      'entries: [{ name: A, device: USB Modem, type: modem }, { name: B, device: USB Modem, type: Modem }, { name: C }]',
    );
    expect((await api.enumDevices(PATIENT)).map(({ deviceName }) => deviceName)).toEqual([
      'WAN Miniport (SSTP)',
      'WAN Miniport (IKEv2)',
      'WAN Miniport (L2TP)',
      'WAN Miniport (PPTP)',
      'WAN Miniport (PPPOE)',
      'USB Modem',
    ]);
  });
});
