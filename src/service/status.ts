/** What a service tells about itself: SERVICE_STATUS. */
import { SERVICE_STATUS } from '../ras/advapi32/structs.ts';
import { SERVICE_STATES } from '../ras/service-manager.ts';
import {
  ERROR_SERVICE_SPECIFIC_ERROR,
  SERVICE_ACCEPT_SHUTDOWN,
  SERVICE_ACCEPT_STOP,
  SERVICE_WIN32_OWN_PROCESS,
} from './prototypes.ts';

/** Milliseconds that the service control manager is asked for. A start takes one second, a stop never five. */
const PATIENCE = { start_pending: 30_000, stop_pending: 6000 } as const;

/** Where a service is. `checkpoint`: rises while that takes long, from 1. `exitCode`: of a service that stopped. */
export type ServiceStatus =
  | { readonly state: keyof typeof PATIENCE; readonly checkpoint?: number }
  | { readonly state: 'running' }
  | { readonly state: 'stopped'; readonly exitCode: number };

/** The structure. Controls are accepted only by a service that runs. */
export function serviceStatus(status: ServiceStatus): Buffer {
  const isRunning = status.state === 'running';
  const isPending = status.state === 'start_pending' || status.state === 'stop_pending';
  const exitCode = status.state === 'stopped' ? status.exitCode : 0;
  const values: Readonly<Record<keyof typeof SERVICE_STATUS.fields, number>> = {
    dwServiceType: SERVICE_WIN32_OWN_PROCESS,
    dwCurrentState: SERVICE_STATES[status.state],
    dwControlsAccepted: isRunning ? SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN : 0,
    dwWin32ExitCode: exitCode === 0 ? 0 : ERROR_SERVICE_SPECIFIC_ERROR,
    dwServiceSpecificExitCode: exitCode,
    dwCheckPoint: isPending ? (status.checkpoint ?? 1) : 0,
    dwWaitHint: isPending ? PATIENCE[status.state] : 0,
  };
  const bytes = Buffer.alloc(SERVICE_STATUS.size);
  for (const [name, { offset }] of Object.entries(SERVICE_STATUS.fields)) {
    bytes.writeUInt32LE(Object.entries(values).find(([field]) => field === name)?.[1] ?? 0, offset);
  }
  return bytes;
}
