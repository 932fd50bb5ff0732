/**
 * What Windows says about its RAS connections, as plain typed records, and the interface that says it.
 *
 * `RasApi` is the seam of the exporter: `rasapi32` asks Windows, `simulated` plays a scenario. Everything above it knows no
 * DLL, no structure and no buffer.
 */
import type { ApiCalls } from './calls.ts';
import { errorText } from './errors.ts';

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
}

/** The RAS functions that the exporter calls. Nothing that changes state is among them. */
export const RAS_FUNCTIONS = [
  'RasEnumConnectionsW',
  'RasGetConnectStatusW',
  'RasEnumEntriesW',
  'RasGetEntryPropertiesW',
  'RasGetErrorStringW',
] as const;

export type RasFunction = (typeof RAS_FUNCTIONS)[number];

/** Which implementation answers. */
export type RasApiName = 'rasapi32' | 'simulated';

/**
 * The read-only RAS functions.
 *
 * Every method rejects with `RasError` (Windows answered with an error code), `RasCallTimeout` (no answer before `signal`
 * was aborted, or an earlier call still hangs), `RasFunctionMissing` (no such DLL or export) or `RasBadAnswer` (success
 * without an answer), and with nothing else.
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
  /** RasEnumEntriesW: the all-users phone book and that of the account the exporter runs as. */
  enumEntries(signal: AbortSignal): Promise<readonly RasEntryName[]>;
  /** RasGetEntryPropertiesW. */
  getEntryProperties(name: RasEntryName, signal: AbortSignal): Promise<RasEntryProperties>;
  /** RasGetErrorStringW: the text of an error in the language of Windows; for people, never for a label. */
  getErrorString(code: number, signal: AbortSignal): Promise<string>;
}

/** Windows answered, and the answer is an error. `code` is the function's return value, never dwError. */
export class RasError extends Error {
  readonly function: RasFunction;
  readonly code: number;

  constructor(func: RasFunction, code: number) {
    super(`${func} returned ${errorText(code)}`);
    this.name = 'RasError';
    this.function = func;
    this.code = code;
  }
}

/** Windows did not answer in time, or an earlier call on the same lane has not returned. */
export class RasCallTimeout extends Error {
  readonly function: string;

  constructor(func: string, message: string) {
    super(message);
    this.name = 'RasCallTimeout';
    this.function = func;
  }
}

/** Windows reported success, and what it was to write is not there or makes no sense. */
export class RasBadAnswer extends Error {
  readonly function: RasFunction;

  constructor(func: RasFunction, message: string) {
    super(message);
    this.name = 'RasBadAnswer';
    this.function = func;
  }
}

/** The DLL cannot be loaded, or does not export the function. */
export class RasFunctionMissing extends Error {
  readonly function: RasFunction;

  constructor(func: RasFunction, message: string) {
    super(message);
    this.name = 'RasFunctionMissing';
    this.function = func;
  }
}
