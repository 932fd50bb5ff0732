/** RAS_PROJECTION_INFO → what a connection negotiated. */
import type { RasIkev2Projection, RasPppProjection, RasProjection } from '../api.ts';
import type { StructReader } from '../dll/read.ts';
import { pointerSize, RASPPP_PROJECTION_INFO, rasIkev2ProjectionInfo } from './structs.ts';

const RASIKEV2_PROJECTION_INFO = rasIkev2ProjectionInfo(pointerSize());

const PROJECTION_INFO_TYPE_PPP = 1;
const PROJECTION_INFO_TYPE_IKEV2 = 2;

/** The first bytes of fe80::/64, in hex. */
const LINK_LOCAL = 'fe80';

/** @returns `undefined` for a type that ras.h does not know */
export function projectionOf(type: number, answer: StructReader): RasProjection | undefined {
  if (type === PROJECTION_INFO_TYPE_PPP) return pppProjection(answer);
  if (type === PROJECTION_INFO_TYPE_IKEV2) return ikev2Projection(answer);
  return undefined;
}

function pppProjection(answer: StructReader): RasPppProjection {
  const { fields } = RASPPP_PROJECTION_INFO;
  return {
    framing: 'ppp',
    ipv4Error: answer.dword(fields.dwIPv4NegotiationError),
    ipv4Address: answer.ipv4(fields.ipv4Address),
    ipv4ServerAddress: answer.ipv4(fields.ipv4ServerAddress),
    ipv6Error: answer.dword(fields.dwIPv6NegotiationError),
    ipv6Address: answer.ipv6(fields.bInterfaceIdentifier, LINK_LOCAL),
    ipv6ServerAddress: answer.ipv6(fields.bServerInterfaceIdentifier, LINK_LOCAL),
    authenticationProtocol: answer.dword(fields.dwAuthenticationProtocol),
    authenticationData: answer.dword(fields.dwAuthenticationData),
    eapType: answer.dword(fields.dwEapTypeId),
    lcpOptions: answer.dword(fields.dwLcpOptions),
    ccpError: answer.dword(fields.dwCcpError),
    ccpOptions: answer.dword(fields.dwCcpOptions),
  };
}

function ikev2Projection(answer: StructReader): RasIkev2Projection {
  const { fields } = RASIKEV2_PROJECTION_INFO;
  return {
    framing: 'ikev2',
    ipv4Error: answer.dword(fields.dwIPv4NegotiationError),
    ipv4Address: answer.ipv4(fields.ipv4Address),
    ipv4ServerAddress: answer.ipv4(fields.ipv4ServerAddress),
    ipv6Error: answer.dword(fields.dwIPv6NegotiationError),
    ipv6Address: answer.ipv6(fields.ipv6Address),
    ipv6ServerAddress: answer.ipv6(fields.ipv6ServerAddress),
    authenticationProtocol: answer.dword(fields.dwAuthenticationProtocol),
    eapType: answer.dword(fields.dwEapTypeId),
    flags: answer.dword(fields.dwFlags),
    encryptionMethod: answer.dword(fields.dwEncryptionMethod),
  };
}
