/** `ras_exporter service start` and `stop`: ask, and wait until it is so. */

import { SERVICE_STATUS } from '../../ras/advapi32/structs.ts';
import { CallError } from '../../ras/call-errors.ts';
import { SERVICE_NAME } from '../name.ts';
import { SERVICE_CONTROL_STOP } from '../prototypes.ts';
import { startProblem } from './problems.ts';
import * as win from './prototypes.ts';
import type { ServiceControl } from './service-control.ts';

/**
 * @returns what is to be said of it
 * @throws Error with the reason when it does not run then; CallError
 */
export function start(control: ServiceControl): Promise<string> {
  return control.withService(win.SERVICE_QUERY_STATUS | win.SERVICE_START, async (service) => {
    let { wasRunning, status } = await started(control, service);
    // It was on its way to stop.
    if (wasRunning && status.state === 'stopped') ({ wasRunning, status } = await started(control, service));
    if (status.state !== 'running') throw new Error(startProblem(status));
    return `The service ${SERVICE_NAME} is running${wasRunning ? ' already' : ''} (process ${status.pid}).`;
  });
}

/** Starts a service, and waits while it is on its way, wherever that leads. */
async function started(control: ServiceControl, service: bigint) {
  const asked = control.call('StartServiceW', service, 0, null);
  const wasRunning = await isRefused(win.ERROR_SERVICE_ALREADY_RUNNING, asked);
  return { wasRunning, status: await control.settled(service) };
}

/** As `start`. */
export function stop(control: ServiceControl): Promise<string> {
  return control.withService(win.SERVICE_QUERY_STATUS | win.SERVICE_STOP, async (service) => {
    const wasStopped = await stopped(control, service);
    return `The service ${SERVICE_NAME} ${wasStopped ? 'was not running' : 'has stopped'}.`;
  });
}

/**
 * Stops a service.
 *
 * @returns whether it had stopped before
 * @throws Error when it does not stop
 */
export async function stopped(control: ServiceControl, service: bigint): Promise<boolean> {
  // While it starts it takes no controls.
  await control.settled(service);
  const asked = control.call('ControlService', service, SERVICE_CONTROL_STOP, Buffer.alloc(SERVICE_STATUS.size));
  const refusal = await refusalOf([win.ERROR_SERVICE_NOT_ACTIVE, win.ERROR_SERVICE_CANNOT_ACCEPT_CTRL], asked);
  if (refusal === win.ERROR_SERVICE_NOT_ACTIVE) return true;
  // Somebody else has just asked for it, or else it takes no controls for good.
  const isDeaf = refusal === win.ERROR_SERVICE_CANNOT_ACCEPT_CTRL;
  const { state, pid } = await control.settled(service, isDeaf ? undefined : 'stopped');
  if (state === 'stopped') return false;
  const how = pid === 0 ? '' : `; taskkill /F /PID ${pid} ends its process`;
  throw new Error(`the service ${SERVICE_NAME} does not stop: it is in state ${state} (process ${pid})${how}`);
}

/** Whether a call was refused because it is so already. */
async function isRefused(code: number, call: Promise<unknown>): Promise<boolean> {
  return (await refusalOf([code], call)) !== undefined;
}

/** With which of `codes` a call was refused, if it was. */
async function refusalOf(codes: readonly number[], call: Promise<unknown>): Promise<number | undefined> {
  try {
    await call;
    return undefined;
  } catch (error) {
    if (error instanceof CallError && codes.includes(error.code)) return error.code;
    throw error;
  }
}
