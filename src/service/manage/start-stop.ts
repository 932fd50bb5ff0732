/** `ras_exporter service start` and `stop`: ask, and wait until it is so. */
import { CallError } from '../../ras/call-errors.ts';
import { SERVICE_NAME } from '../name.ts';
import { startProblem } from './problems.ts';
import * as win from './prototypes.ts';
import type { ServiceControl } from './service-control.ts';

/**
 * @returns what is to be said of it
 * @throws Error with the reason when it does not run then; CallError
 */
export function start(control: ServiceControl): Promise<string> {
  return control.withService(win.SERVICE_QUERY_STATUS | win.SERVICE_START, async (service) => {
    const wasRunning = await isRefused(
      win.ERROR_SERVICE_ALREADY_RUNNING,
      control.call('StartServiceW', service, 0, null),
    );
    const status = await control.settled(service);
    if (status.state !== 'running') throw new Error(startProblem(status));
    return `The service ${SERVICE_NAME} is running${wasRunning ? ' already' : ''} (process ${status.pid}).`;
  });
}

/** As `start`. */
export function stop(control: ServiceControl): Promise<string> {
  return control.withService(win.SERVICE_QUERY_STATUS | win.SERVICE_STOP, async (service) => {
    const wasStopped = await stopped(control, service);
    return `The service ${SERVICE_NAME} ${wasStopped ? 'was not running' : 'has stopped'}.`;
  });
}

const SERVICE_CONTROL_STOP = 1;
const SERVICE_STATUS_SIZE = 28;

/**
 * Stops a service.
 *
 * @returns whether it had stopped before
 * @throws Error when it does not stop
 */
export async function stopped(control: ServiceControl, service: bigint): Promise<boolean> {
  // While it starts it takes no controls.
  await control.settled(service);
  const asked = control.call('ControlService', service, SERVICE_CONTROL_STOP, Buffer.alloc(SERVICE_STATUS_SIZE));
  if (await isRefused(win.ERROR_SERVICE_NOT_ACTIVE, asked)) return true;
  const { state, pid } = await control.settled(service, 'stopped');
  if (state === 'stopped') return false;
  throw new Error(`the service ${SERVICE_NAME} does not stop: it is in state ${state} (process ${pid})`);
}

/** Whether a call was refused because it is so already. */
async function isRefused(code: number, call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return false;
  } catch (error) {
    if (error instanceof CallError && error.code === code) return true;
    throw error;
  }
}
