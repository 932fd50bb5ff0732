/** What a connection of a scenario carries and has negotiated: settings, defaults, and the records that Windows would give. */
import type { RasIkev2Projection, RasPppProjection, RasProjection, RasStatistics } from '../api.ts';

/** What goes through the connections of an entry. */
export interface Traffic {
  /** Bytes per second while the connection is up. */
  readonly receive: number;
  readonly transmit: number;
  /** CRC errors per hour. */
  readonly linkErrors: number;
  /** dwBps: bits per second. */
  readonly speed: number;
}

type Unaddressed<P extends RasProjection> = Omit<
  P,
  'ipv4Address' | 'ipv4ServerAddress' | 'ipv6Address' | 'ipv6ServerAddress'
>;

/** A projection but for its addresses, which differ from connection to connection. */
export type Negotiated = Unaddressed<RasIkev2Projection> | Unaddressed<RasPppProjection>;

/** Bytes of a frame, on average. */
const FRAME = 800;
const WRAP = 2 ** 32;
const HOUR = 3_600_000;

const ERROR_PROTOCOL_NOT_CONFIGURED = 731;

const EAP = 0xc227;

/** RASLCPAP, RASLCPAD and the type of EAP, by the word that the exporter shows. */
export const PPP_AUTHENTICATIONS = {
  pap: [0xc023, 0, 0],
  spap: [0xc027, 0, 0],
  chap_md5: [0xc223, 0x05, 0],
  mschap: [0xc223, 0x80, 0],
  mschapv2: [0xc223, 0x81, 0],
  eap_tls: [EAP, 0, 13],
  eap_ttls: [EAP, 0, 21],
  peap: [EAP, 0, 25],
  eap_mschapv2: [EAP, 0, 26],
} as const;

/** RASIKEv2_AUTH and the type of EAP. */
export const IKEV2_AUTHENTICATIONS = {
  machine_certificate: [1, 0],
  psk: [3, 0],
  eap_tls: [2, 13],
  eap_ttls: [2, 21],
  peap: [2, 25],
  eap_mschapv2: [2, 26],
} as const;

/** RASLCPO and RASCCPO. */
export const PPP_ENCRYPTIONS = {
  none: [0, 0],
  mppe40: [0, 0x20],
  mppe56: [0, 0x10],
  mppe128: [0, 0x40],
  des: [0x08, 0],
  '3des': [0x10, 0],
  aes128: [0x20, 0],
  aes192: [0x80, 0],
  aes256: [0x40, 0],
  aes128_gcm: [0x100, 0],
  aes256_gcm: [0x400, 0],
} as const;

/** IPSEC_CIPHER_TYPE. */
export const IKEV2_ENCRYPTIONS = { des: 1, '3des': 2, aes128: 3, aes192: 4, aes256: 5 } as const;

/** RASIKEv2_FLAGS but for MOBIKE. */
export const NATS = { none: 0, client: 2, server: 4, both: 6 } as const;

/** Settings of what is negotiated, in words. */
export interface PppSettings {
  readonly authentication: keyof typeof PPP_AUTHENTICATIONS;
  readonly encryption: keyof typeof PPP_ENCRYPTIONS;
  readonly ipv4: boolean;
  readonly ipv6: boolean;
}

/** The same for IKEv2. */
export interface Ikev2Settings {
  readonly authentication: keyof typeof IKEV2_AUTHENTICATIONS;
  readonly encryption: keyof typeof IKEV2_ENCRYPTIONS;
  readonly ipv4: boolean;
  readonly ipv6: boolean;
  readonly nat: keyof typeof NATS;
  readonly mobike: boolean;
}

/** What a device carries when the scenario does not say. */
export function defaultTraffic(deviceType: string): Traffic {
  if (deviceType.toLowerCase() === 'modem') return { receive: 3000, transmit: 800, linkErrors: 6, speed: 56_000 };
  return { receive: 250_000, transmit: 40_000, linkErrors: 0, speed: 100_000_000 };
}

/** Whether a device speaks IKEv2, or PPP. */
export function isIkev2(deviceName: string): boolean {
  return deviceName.toLowerCase().includes('ikev2');
}

export const IKEV2_DEFAULTS: Ikev2Settings = {
  authentication: 'eap_mschapv2',
  encryption: 'aes256',
  ipv4: true,
  ipv6: false,
  nat: 'client',
  mobike: true,
};

/** What a device that speaks PPP negotiates when the scenario does not say. */
export function pppDefaults(deviceName: string): PppSettings {
  const name = deviceName.toLowerCase();
  if (name.includes('sstp')) return { authentication: 'eap_mschapv2', encryption: 'none', ipv4: true, ipv6: false };
  if (name.includes('l2tp')) return { authentication: 'mschapv2', encryption: 'aes256', ipv4: true, ipv6: false };
  if (name.includes('pptp')) return { authentication: 'mschapv2', encryption: 'mppe128', ipv4: true, ipv6: false };
  return { authentication: 'pap', encryption: 'none', ipv4: true, ipv6: name.includes('pppoe') };
}

export function ikev2Negotiated(settings: Ikev2Settings): Negotiated {
  const [authenticationProtocol, eapType] = IKEV2_AUTHENTICATIONS[settings.authentication];
  return {
    framing: 'ikev2',
    ...protocolErrors(settings),
    authenticationProtocol,
    eapType,
    flags: NATS[settings.nat] | (settings.mobike ? 1 : 0),
    encryptionMethod: IKEV2_ENCRYPTIONS[settings.encryption],
  };
}

export function pppNegotiated(settings: PppSettings): Negotiated {
  const [authenticationProtocol, authenticationData, eapType] = PPP_AUTHENTICATIONS[settings.authentication];
  const [lcpOptions, ccpOptions] = PPP_ENCRYPTIONS[settings.encryption];
  return {
    framing: 'ppp',
    ...protocolErrors(settings),
    authenticationProtocol,
    authenticationData,
    eapType,
    lcpOptions,
    ccpError: ccpOptions === 0 ? ERROR_PROTOCOL_NOT_CONFIGURED : 0,
    ccpOptions,
  };
}

/** What a device negotiates when the scenario does not say. */
export function defaultNegotiated(deviceName: string): Negotiated {
  return isIkev2(deviceName) ? ikev2Negotiated(IKEV2_DEFAULTS) : pppNegotiated(pppDefaults(deviceName));
}

function protocolErrors({ ipv4, ipv6 }: { readonly ipv4: boolean; readonly ipv6: boolean }) {
  return {
    ipv4Error: ipv4 ? 0 : ERROR_PROTOCOL_NOT_CONFIGURED,
    ipv6Error: ipv6 ? 0 : ERROR_PROTOCOL_NOT_CONFIGURED,
  };
}

/** @param number tells connections apart: each has a network of its own */
export function projectionOf(negotiated: Negotiated, number: number): RasProjection {
  const net4 = `10.${(number >> 8) & 0xff}.${number & 0xff}`;
  const net6 = `fd00:0:0:${(number + 1).toString(16)}:`;
  const has4 = negotiated.ipv4Error === 0;
  const has6 = negotiated.ipv6Error === 0;
  return {
    ...negotiated,
    ipv4Address: has4 ? `${net4}.2` : '',
    ipv4ServerAddress: has4 ? `${net4}.1` : '',
    ipv6Address: has6 ? `${net6}:2` : '',
    ipv6ServerAddress: has6 ? `${net6}:1` : '',
  };
}

/**
 * RAS_STATS: 32 bits, which wrap.
 *
 * @param flowing milliseconds during which traffic flowed
 * @param duration milliseconds since the connection is up
 */
export function statisticsOf(traffic: Traffic, flowing: number, duration: number): RasStatistics {
  const { receive, transmit, linkErrors, speed } = traffic;
  const received = Math.floor((receive * flowing) / 1000);
  const transmitted = Math.floor((transmit * flowing) / 1000);
  return {
    bytesTransmitted: transmitted % WRAP,
    bytesReceived: received % WRAP,
    framesTransmitted: Math.ceil(transmitted / FRAME) % WRAP,
    framesReceived: Math.ceil(received / FRAME) % WRAP,
    crcErrors: Math.floor((linkErrors * flowing) / HOUR) % WRAP,
    timeoutErrors: 0,
    alignmentErrors: 0,
    hardwareOverrunErrors: 0,
    framingErrors: 0,
    bufferOverrunErrors: 0,
    compressionIn: 0,
    compressionOut: 0,
    bitsPerSecond: speed,
    connectDuration: Math.floor(duration) % WRAP,
  };
}
