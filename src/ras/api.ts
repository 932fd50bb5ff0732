/**
 * What Windows says about its RAS connections, as plain typed records, and the interface that says it.
 *
 * `RasApi` is the seam of the exporter: `rasapi32` asks Windows, `simulated` plays a scenario. Everything above it knows no
 * DLL, no structure and no buffer.
 */
import type { ApiCalls } from './calls.ts';

/** One element of RasEnumConnectionsW (RASCONNW). */
export interface RasConnection {
  /** HRASCONN. Never closed: the only function that does (RasHangUpW) also ends the connection. */
  readonly handle: bigint;
  /** szEntryName; `.` + number for a connection that was dialled without a phone-book entry. */
  readonly entry: string;
  /** szDeviceType, as Windows spells it (the case varies). */
  readonly deviceType: string;
  /** szDeviceName, e.g. `WAN Miniport (IKEv2)`. */
  readonly deviceName: string;
  /** szPhonebook: the file that holds the entry; empty when there is none. */
  readonly phonebookPath: string;
  /** dwSubEntry: 1-based link of a multilink connection. */
  readonly subEntry: number;
  /** guidEntry in lower case without braces; empty when all zero. */
  readonly entryId: string;
  /** dwFlags: RASCF_* bits, see `states.ts`. */
  readonly flags: number;
  /** guidCorrelationId: one dial attempt; empty when all zero or when Windows knows only the older structure. */
  readonly correlationId: string;
}

/** RASCONNSTATUSW of one connection. */
export interface RasConnectionStatus {
  /** rasconnstate, raw. */
  readonly state: number;
  /** rasconnsubstate, raw; 0 when Windows knows only the older structure. */
  readonly substate: number;
  /** dwError: why the connection failed; 0 = it did not. Never the return value of a function. */
  readonly error: number;
  readonly deviceType: string;
  readonly deviceName: string;
  /** szPhoneNumber: the number or host that was dialled. */
  readonly phoneNumber: string;
}

/** One element of RasEnumEntriesW (RASENTRYNAMEW). */
export interface RasEntryName {
  readonly entry: string;
  readonly phonebookPath: string;
  /** REN_AllUsers: the entry stands in the all-users phone book. */
  readonly allUsers: boolean;
}

/** What the exporter needs of RASENTRYW. */
export interface RasEntryProperties {
  /** RASEO2_IsAlwaysOn of dwfOptions2. */
  readonly alwaysOn: boolean;
  /** szLocalPhoneNumber: for a VPN entry the server. */
  readonly server: string;
  readonly deviceType: string;
  readonly deviceName: string;
  /** guidId in lower case without braces; empty when all zero. */
  readonly entryId: string;
  /** dwType, raw: RASET_*. */
  readonly type: number;
  /** dwVpnStrategy, raw: VS_*. */
  readonly vpnStrategy: number;
  /** dwEncryptionType, raw: ET_*. */
  readonly encryption: number;
}

/** RAS_STATS of one connection: since it was established, or since somebody cleared it. Unsigned 32-bit, all but the last two wrap. */
export interface RasStatistics {
  readonly bytesTransmitted: number;
  readonly bytesReceived: number;
  readonly framesTransmitted: number;
  readonly framesReceived: number;
  readonly crcErrors: number;
  readonly timeoutErrors: number;
  readonly alignmentErrors: number;
  readonly hardwareOverrunErrors: number;
  readonly framingErrors: number;
  readonly bufferOverrunErrors: number;
  /** dwCompressionRatioIn; only single links have one. */
  readonly compressionIn: number;
  readonly compressionOut: number;
  /** dwBps: bits per second. */
  readonly bitsPerSecond: number;
  /** dwConnectDuration: milliseconds; wraps after 49.7 days. */
  readonly connectDuration: number;
}

/** What both kinds of RAS_PROJECTION_INFO say. */
interface RasProjectionBase {
  /** dwIPv4NegotiationError; 0 = negotiated. */
  readonly ipv4Error: number;
  /** Of this end of the tunnel, `10.0.0.2`; empty when there is none. */
  readonly ipv4Address: string;
  readonly ipv4ServerAddress: string;
  /** dwIPv6NegotiationError; 0 = negotiated. */
  readonly ipv6Error: number;
  /** As RFC 5952 writes it; for PPP the link-local address that its interface identifier makes; empty when there is none. */
  readonly ipv6Address: string;
  readonly ipv6ServerAddress: string;
  /** dwAuthenticationProtocol, raw: RASLCPAP_* (PPP) or RASIKEv2_AUTH_* (IKEv2). */
  readonly authenticationProtocol: number;
  /** dwEapTypeId; 0 = no EAP. */
  readonly eapType: number;
}

/** RASPPP_PROJECTION_INFO. */
export interface RasPppProjection extends RasProjectionBase {
  readonly framing: 'ppp';
  /** dwAuthenticationData, raw: RASLCPAD_* when the protocol is CHAP. */
  readonly authenticationData: number;
  /** dwLcpOptions: RASLCPO_* bits. */
  readonly lcpOptions: number;
  /** dwCcpError; 0 = negotiated. */
  readonly ccpError: number;
  /** dwCcpOptions: RASCCPO_* bits. */
  readonly ccpOptions: number;
}

/** RASIKEV2_PROJECTION_INFO. */
export interface RasIkev2Projection extends RasProjectionBase {
  readonly framing: 'ikev2';
  /** dwFlags: RASIKEv2_FLAGS_* bits. */
  readonly flags: number;
  /** dwEncryptionMethod, raw: IPSEC_CIPHER_TYPE. */
  readonly encryptionMethod: number;
}

/** What a connection negotiated. */
export type RasProjection = RasPppProjection | RasIkev2Projection;

/** One element of RasEnumDevicesW (RASDEVINFOW). */
export interface RasDevice {
  /** szDeviceType, as Windows spells it. */
  readonly deviceType: string;
  readonly deviceName: string;
}

/** The RAS functions that the exporter calls. Nothing that changes state is among them. */
export const RAS_FUNCTIONS = [
  'RasEnumConnectionsW',
  'RasGetConnectStatusW',
  'RasEnumEntriesW',
  'RasGetEntryPropertiesW',
  'RasGetConnectionStatistics',
  'RasGetProjectionInfoEx',
  'RasEnumDevicesW',
  'RasGetErrorStringW',
] as const;

export type RasFunction = (typeof RAS_FUNCTIONS)[number];

/** Which implementation answers. */
export type RasApiName = 'rasapi32' | 'simulated';

/**
 * The read-only RAS functions.
 *
 * Every method rejects with `CallError` (Windows answered with an error code), `CallTimeout` (no answer before `signal`
 * was aborted, or an earlier call still hangs), `FunctionMissing` (no such DLL or export) or `BadAnswer` (success
 * without an answer), and with nothing else (`call-errors.ts`).
 */
export interface RasApi {
  readonly name: RasApiName;
  /** How often each function was called, and with which return values. */
  readonly calls: ApiCalls;
  /** True while a call into Windows has not returned; the process must then not end through `process.exit`. */
  readonly hanging: boolean;
  /** RasEnumConnectionsW: every connection that Windows has a handle for, in whatever state. */
  enumConnections(signal: AbortSignal): Promise<readonly RasConnection[]>;
  /** RasGetConnectStatusW; `undefined` when the connection ended meanwhile (ERROR_INVALID_HANDLE). */
  getConnectStatus(handle: bigint, signal: AbortSignal): Promise<RasConnectionStatus | undefined>;
  /**
   * RasEnumEntriesW.
   *
   * @param phonebookPath a `.pbk` file; default the all-users phone book and that of the account the exporter runs as
   */
  enumEntries(signal: AbortSignal, phonebookPath?: string): Promise<readonly RasEntryName[]>;
  /** RasGetEntryPropertiesW. */
  getEntryProperties(name: RasEntryName, signal: AbortSignal): Promise<RasEntryProperties>;
  /** RasGetConnectionStatistics; `undefined` when the connection ended meanwhile (ERROR_INVALID_HANDLE, ERROR_NO_CONNECTION). */
  getConnectionStatistics(handle: bigint, signal: AbortSignal): Promise<RasStatistics | undefined>;
  /**
   * RasGetProjectionInfoEx; `undefined` when nothing is negotiated yet (ERROR_PROJECTION_NOT_COMPLETE,
   * ERROR_PROTOCOL_NOT_CONFIGURED) or the connection ended meanwhile (ERROR_INVALID_HANDLE, ERROR_NO_CONNECTION).
   */
  getProjectionInfo(handle: bigint, signal: AbortSignal): Promise<RasProjection | undefined>;
  /** RasEnumDevicesW: what this machine could dial with. */
  enumDevices(signal: AbortSignal): Promise<readonly RasDevice[]>;
  /** RasGetErrorStringW: the text of an error in the language of Windows; for people, never for a label. */
  getErrorString(code: number, signal: AbortSignal): Promise<string>;
}
