/**
 * The built-in scenario: what the exporter shows where there is no Windows and no scenario was given.
 *
 * One machine with every kind of state and the commonest errors, in rounds of minutes so that a look at the page, a
 * dashboard or an alert rule sees them all. It starts in the middle (`phase`): a single look, too, finds more than
 * connections that are being dialled. Written in TypeScript: it costs no YAML.
 */
import { IKEV2_DEFAULTS, ikev2Negotiated } from './link.ts';
import { ALL_USERS, type Scenario, type ScenarioEntry, STATE_WORDS, type Step } from './scenario.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const ALICE = {
  path: 'C:\\Users\\alice\\AppData\\Roaming\\Microsoft\\Network\\Connections\\Pbk\\rasphone.pbk',
  allUsers: false,
};

function step(state: keyof typeof STATE_WORDS, duration: number, error = 0): Step {
  return { ...STATE_WORDS[state], error, duration };
}

/** Dials, fails with the same error, and tries again. */
function failing(error: number, until: readonly Step[]): readonly Step[] {
  return [...until, step('failed', 20 * SECOND, error), step('disconnected', 70 * SECOND)];
}

const VPN = {
  phonebook: ALL_USERS,
  inPhonebook: true,
  deviceType: 'vpn',
  alwaysOn: false,
  owner: 'self',
  subEntry: 1,
  phase: 0,
} as const;

const IKEV2 = { ...VPN, deviceName: 'WAN Miniport (IKEv2)' } as const;

function round(steps: readonly Step[]): ScenarioEntry['timeline'] {
  return { steps, repeat: true };
}

export const BUILTIN_SCENARIO: Scenario = {
  description: 'Built-in example: one machine with healthy, failing and flapping connections',
  entries: [
    {
      ...IKEV2,
      name: 'Head Office',
      phase: HOUR,
      server: 'vpn.example.com',
      alwaysOn: true,
      // The counters of Windows wrap every half hour.
      traffic: { receive: 2_400_000, transmit: 310_000, linkErrors: 0, speed: 1_000_000_000 },
      negotiated: ikev2Negotiated({
        ...IKEV2_DEFAULTS,
        authentication: 'machine_certificate',
        nat: 'none',
        ipv6: true,
      }),
      timeline: {
        steps: [
          step('connecting', 3 * SECOND),
          step('authenticating', 2 * SECOND),
          step('connected', Number.POSITIVE_INFINITY),
        ],
        repeat: false,
      },
    },
    {
      ...IKEV2,
      name: 'Branch Hamburg',
      phase: 35 * SECOND,
      server: 'hamburg.example.com',
      alwaysOn: true,
      // ERROR_VPN_TIMEOUT: a firewall drops UDP 500 and 4500.
      timeline: round(failing(809, [step('connecting', 30 * SECOND)])),
    },
    {
      ...VPN,
      name: 'Partner Extranet',
      phase: 3 * SECOND,
      deviceName: 'WAN Miniport (SSTP)',
      server: 'extranet.example.com',
      phonebook: ALICE,
      owner: 'other',
      // ERROR_AUTHENTICATION_FAILURE: the password has changed.
      timeline: round(failing(691, [step('connecting', 2 * SECOND), step('authenticating', 4 * SECOND)])),
    },
    {
      ...IKEV2,
      name: 'Device Tunnel',
      phase: 40 * SECOND,
      server: 'tunnel.example.com',
      alwaysOn: true,
      // ERROR_IPSEC_IKE_AUTH_FAIL: the machine certificate is not accepted.
      timeline: round(failing(13801, [step('connecting', 3 * SECOND), step('authenticating', 2 * SECOND)])),
    },
    {
      ...IKEV2,
      name: 'Mobile Worker',
      phase: 245 * SECOND,
      server: 'mobile.example.com',
      traffic: { receive: 180_000, transmit: 22_000, linkErrors: 0, speed: 50_000_000 },
      phonebook: ALICE,
      owner: 'other',
      // On a train: the tunnel outlives the loss of its network and moves to the next one (MOBIKE).
      timeline: round([
        step('connected', 4 * MINUTE),
        step('dormant', 40 * SECOND),
        step('reconnecting', 10 * SECOND),
        step('connected', 3 * MINUTE),
        step('dormant', 2 * MINUTE),
        step('reconnecting', 5 * SECOND),
      ]),
    },
    {
      ...VPN,
      name: 'Branch Leipzig',
      phase: 20 * SECOND,
      deviceName: 'WAN Miniport (SSTP)',
      server: 'leipzig.example.com',
      traffic: { receive: 95_000, transmit: 61_000, linkErrors: 0, speed: 100_000_000 },
      // Flaps: ERROR_LINK_FAILURE a minute after each connection.
      timeline: round([
        step('connecting', 3 * SECOND),
        step('authenticating', 2 * SECOND),
        step('connected', 60 * SECOND),
        step('failed', 5 * SECOND, 829),
        step('disconnected', 10 * SECOND),
      ]),
    },
    {
      ...VPN,
      name: 'DSL',
      phase: HOUR,
      deviceName: 'WAN Miniport (PPPOE)',
      deviceType: 'PPPoE',
      server: '',
      traffic: { receive: 1_100_000, transmit: 140_000, linkErrors: 4, speed: 250_000_000 },
      // The provider ends the session once in a while.
      timeline: round([
        step('connecting', 2 * SECOND),
        step('authenticating', 1 * SECOND),
        step('connected', 24 * HOUR),
        step('disconnected', 5 * SECOND),
      ]),
    },
    {
      ...VPN,
      name: 'Old Concentrator',
      phase: 15 * SECOND,
      deviceName: 'WAN Miniport (L2TP)',
      server: 'l2tp.example.com',
      // ERROR_OAKLEY_GENERAL_PROCESSING: the pre-shared key differs.
      timeline: round(failing(789, [step('connecting', 8 * SECOND)])),
    },
    {
      ...IKEV2,
      name: 'Test Lab',
      server: 'lab.example.com',
      phonebook: ALICE,
      owner: 'other',
      // Never dialled.
      timeline: round([]),
    },
  ],
  api: [
    // ERROR_NOT_ENOUGH_MEMORY for one connection: an error of the API, not of the connection.
    {
      function: 'RasGetConnectStatusW',
      entries: new Set(['Branch Leipzig']),
      from: 25 * MINUTE,
      duration: 20 * SECOND,
      every: 30 * MINUTE,
      returns: 8,
      delay: 0,
    },
  ],
  eventLog: [],
};
