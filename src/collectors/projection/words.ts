/** Numbers of RAS_PROJECTION_INFO → the words of `ras_connection_negotiated_info`. */
import type { RasIkev2Projection, RasPppProjection, RasProjection } from '../../ras/api.ts';

/** RASLCPAP: the PPP authentication protocols. */
const [PAP, SPAP, CHAP, EAP] = [0xc023, 0xc027, 0xc223, 0xc227];

/** RASLCPAD: which CHAP. */
const CHAP_WORDS: ReadonlyMap<number, string> = new Map([
  [0x05, 'chap_md5'],
  [0x80, 'mschap'],
  [0x81, 'mschapv2'],
]);

/** RASIKEv2_AUTH. */
const [MACHINE_CERTIFICATES, IKEV2_EAP, PSK] = [1, 2, 3];

/** https://www.iana.org/assignments/eap-numbers/ */
const EAP_WORDS: ReadonlyMap<number, string> = new Map([
  [4, 'eap_md5'],
  [13, 'eap_tls'],
  [18, 'eap_sim'],
  [21, 'eap_ttls'],
  [23, 'eap_aka'],
  [25, 'peap'],
  [26, 'eap_mschapv2'],
  [43, 'eap_fast'],
  [50, 'eap_aka_prime'],
  [55, 'eap_teap'],
]);

/** A type of EAP is one octet. */
const HIGHEST_EAP_TYPE = 255;

/** RASLCPO: how IPsec encrypts below PPP (L2TP), the strongest first. */
const LCP_ENCRYPTIONS = [
  [0x400, 'aes256_gcm'],
  [0x200, 'aes192_gcm'],
  [0x100, 'aes128_gcm'],
  [0x40, 'aes256'],
  [0x80, 'aes192'],
  [0x20, 'aes128'],
  [0x10, '3des'],
  [0x08, 'des'],
] as const;

/** RASCCPO: how PPP itself encrypts (MPPE). */
const CCP_ENCRYPTIONS = [
  [0x40, 'mppe128'],
  [0x10, 'mppe56'],
  [0x20, 'mppe40'],
] as const;

/** IPSEC_CIPHER_TYPE. */
const IPSEC_CIPHERS: ReadonlyMap<number, string> = new Map([
  [1, 'des'],
  [2, '3des'],
  [3, 'aes128'],
  [4, 'aes192'],
  [5, 'aes256'],
]);

/** RASIKEv2_FLAGS. */
const [MOBIKE, CLIENT_BEHIND_NAT, SERVER_BEHIND_NAT] = [1, 2, 4];

/** How the two ends proved who they are. */
export function authenticationWord(projection: RasProjection): string {
  return projection.framing === 'ppp' ? pppAuthentication(projection) : ikev2Authentication(projection);
}

function pppAuthentication({ authenticationProtocol, authenticationData, eapType }: RasPppProjection): string {
  switch (authenticationProtocol) {
    case 0:
      return 'none';
    case PAP:
      return 'pap';
    case SPAP:
      return 'spap';
    case CHAP:
      return CHAP_WORDS.get(authenticationData) ?? 'chap';
    case EAP:
      return eapWord(eapType);
    default:
      return 'unknown';
  }
}

function ikev2Authentication({ authenticationProtocol, eapType }: RasIkev2Projection): string {
  switch (authenticationProtocol) {
    case MACHINE_CERTIFICATES:
      return 'machine_certificate';
    case IKEV2_EAP:
      return eapWord(eapType);
    case PSK:
      return 'psk';
    default:
      return 'unknown';
  }
}

function eapWord(type: number): string {
  const known = EAP_WORDS.get(type);
  if (known !== undefined) return known;
  return type > 0 && type <= HIGHEST_EAP_TYPE ? `eap_${type}` : 'eap';
}

/** How the tunnel is encrypted, as far as PPP and IKEv2 know: SSTP, which is TLS below PPP, is `none`. */
export function encryptionWord(projection: RasProjection): string {
  if (projection.framing === 'ikev2') return IPSEC_CIPHERS.get(projection.encryptionMethod) ?? 'unknown';
  const { lcpOptions, ccpError, ccpOptions } = projection;
  const ofBits = (options: number, words: readonly (readonly [number, string])[]) =>
    words.find(([bit]) => (options & bit) !== 0)?.[1];
  const mppe = ccpError === 0 ? ofBits(ccpOptions, CCP_ENCRYPTIONS) : undefined;
  return ofBits(lcpOptions, LCP_ENCRYPTIONS) ?? mppe ?? 'none';
}

/** Which end is behind a NAT; empty for PPP, which does not tell. */
export function natWord(projection: RasProjection): string {
  if (projection.framing === 'ppp') return '';
  const client = (projection.flags & CLIENT_BEHIND_NAT) !== 0;
  const server = (projection.flags & SERVER_BEHIND_NAT) !== 0;
  if (client && server) return 'both';
  if (client) return 'client';
  return server ? 'server' : 'none';
}

/** Whether the tunnel can move to another network; empty for PPP, which cannot. */
export function mobikeWord(projection: RasProjection): string {
  return projection.framing === 'ppp' ? '' : String((projection.flags & MOBIKE) !== 0);
}
