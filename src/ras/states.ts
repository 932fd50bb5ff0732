/**
 * RASCONNSTATE, RASCONNSUBSTATE and the flag bits that the exporter reads, with the values of the Windows SDK's ras.h.
 *
 * https://learn.microsoft.com/previous-versions/windows/desktop/legacy/aa376727(v=vs.85) leaves out StartAuthentication,
 * CallbackComplete and LogonNetwork: the values below are those of the header.
 */

export const RASCONNSTATE = {
  RASCS_OpenPort: 0,
  RASCS_PortOpened: 1,
  RASCS_ConnectDevice: 2,
  RASCS_DeviceConnected: 3,
  RASCS_AllDevicesConnected: 4,
  RASCS_Authenticate: 5,
  RASCS_AuthNotify: 6,
  RASCS_AuthRetry: 7,
  RASCS_AuthCallback: 8,
  RASCS_AuthChangePassword: 9,
  RASCS_AuthProject: 10,
  RASCS_AuthLinkSpeed: 11,
  RASCS_AuthAck: 12,
  RASCS_ReAuthenticate: 13,
  RASCS_Authenticated: 14,
  RASCS_PrepareForCallback: 15,
  RASCS_WaitForModemReset: 16,
  RASCS_WaitForCallback: 17,
  RASCS_Projected: 18,
  RASCS_StartAuthentication: 19,
  RASCS_CallbackComplete: 20,
  RASCS_LogonNetwork: 21,
  RASCS_SubEntryConnected: 22,
  RASCS_SubEntryDisconnected: 23,
  RASCS_ApplySettings: 24,
  RASCS_Interactive: 0x1000,
  RASCS_RetryAuthentication: 0x1001,
  RASCS_CallbackSetByCaller: 0x1002,
  RASCS_PasswordExpired: 0x1003,
  RASCS_InvokeEapUI: 0x1004,
  RASCS_Connected: 0x2000,
  RASCS_Disconnected: 0x2001,
} as const;

export const RASCONNSUBSTATE = {
  RASCSS_None: 0,
  RASCSS_Dormant: 1,
  RASCSS_Reconnecting: 2,
  RASCSS_Reconnected: 0x2000,
} as const;

/** RASCONNW.dwFlags. */
export const RASCF = { AllUsers: 0x1, GlobalCreds: 0x2, OwnerKnown: 0x4, OwnerMatch: 0x8 } as const;

/** RASENTRYNAMEW.dwFlags. */
export const REN_ALL_USERS = 0x1;

/** RASENTRYW.dwfOptions2. */
export const RASEO2_IS_ALWAYS_ON = 0x2000_0000;

/** The states that a connection is shown in, from the best to the worst: of two connections with one identity the better wins. */
export const CONNECTION_STATES = [
  'connected',
  'reconnecting',
  'dormant',
  'waiting',
  'authenticating',
  'connecting',
  'failed',
  'disconnected',
] as const;

export type ConnectionState = (typeof CONNECTION_STATES)[number];

const stateNames = new Map<number, string>(Object.entries(RASCONNSTATE).map(([name, value]) => [value, name]));

/** `0x2000` → `RASCS_Connected`; `undefined` for values that ras.h does not name. */
export function rasConnStateName(state: number): string | undefined {
  return stateNames.get(state);
}

/**
 * The state that a status is shown in.
 *
 * RASCS_Connected counts as connected whatever dwError says: data flows, and `up` 1 beside `failed` would contradict
 * itself. In every other state a dwError means that the connection failed. Unknown values of the 0x1000 block are
 * `waiting`, other unknown values `connecting`.
 */
export function connectionState(status: { state: number; substate: number; error: number }): ConnectionState {
  if (status.state === RASCONNSTATE.RASCS_Connected) {
    if (status.substate === RASCONNSUBSTATE.RASCSS_Dormant) return 'dormant';
    if (status.substate === RASCONNSUBSTATE.RASCSS_Reconnecting) return 'reconnecting';
    return 'connected';
  }
  if (status.error !== 0) return 'failed';
  if (status.state === RASCONNSTATE.RASCS_Disconnected) return 'disconnected';
  if (status.state >= 0x1000 && status.state < 0x2000) return 'waiting';
  const authenticating =
    (status.state >= RASCONNSTATE.RASCS_Authenticate && status.state <= RASCONNSTATE.RASCS_Authenticated) ||
    status.state === RASCONNSTATE.RASCS_StartAuthentication;
  return authenticating ? 'authenticating' : 'connecting';
}
