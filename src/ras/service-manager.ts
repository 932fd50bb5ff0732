/** The state of a Windows service. */

/** SERVICE_STATUS_PROCESS.dwCurrentState by number, and `absent` for a service that is not installed. */
export const SERVICE_STATES = {
  absent: 0,
  stopped: 1,
  start_pending: 2,
  stop_pending: 3,
  running: 4,
  continue_pending: 5,
  pause_pending: 6,
  paused: 7,
} as const;

export type ServiceState = keyof typeof SERVICE_STATES;

const OF_WINDOWS: readonly ServiceState[] = [
  'stopped',
  'start_pending',
  'stop_pending',
  'running',
  'continue_pending',
  'pause_pending',
  'paused',
];

/** @returns `undefined` for numbers that winsvc.h does not know; that no service is there is no number */
export function serviceStateOf(code: number): ServiceState | undefined {
  return OF_WINDOWS.find((state) => SERVICE_STATES[state] === code);
}

/** The Remote Access Connection Manager, which does everything that RAS functions ask for. */
export const RASMAN = 'RasMan';

/** The service control manager, as far as looking goes. */
export interface ServiceManager {
  /** True while a call into Windows has not returned. */
  readonly hanging: boolean;
  /**
   * QueryServiceStatusEx.
   *
   * @throws CallError (with GetLastError), CallTimeout, FunctionMissing, BadAnswer
   */
  queryState(service: string, signal: AbortSignal): Promise<ServiceState>;
}
