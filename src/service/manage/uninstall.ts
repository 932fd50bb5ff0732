/** `ras_exporter service uninstall`: stops the service and removes it, with its source in the event log. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CallError } from '../../ras/call-errors.ts';
import { SERVICE_NAME } from '../name.ts';
import * as win from './prototypes.ts';
import { removeEventSource } from './registry.ts';
import type { ServiceControl } from './service-control.ts';
import { stopped } from './start-stop.ts';

/** A service that was deleted is there as long as anybody holds a handle of it. */
const LOOKS = 20;
const LOOK_INTERVAL = 100;

/**
 * @returns what is to be said of it
 * @throws CallError 1060 when there is no service; the source is removed all the same
 */
export async function uninstall(control: ServiceControl): Promise<string> {
  try {
    await control.withService(win.SERVICE_QUERY_STATUS | win.SERVICE_STOP | win.DELETE, async (service) => {
      await stopped(control, service);
      await control.call('DeleteService', service);
    });
  } catch (error) {
    if (error instanceof CallError && error.code === win.ERROR_SERVICE_DOES_NOT_EXIST) await forgetSource(control);
    throw error;
  }
  await forgetSource(control);
  if (await isGone(control)) return `Removed the service ${SERVICE_NAME}.`;
  return `The service ${SERVICE_NAME} is gone as soon as nothing shows it any more (services.msc, the task manager).`;
}

async function forgetSource(control: ServiceControl): Promise<void> {
  try {
    await removeEventSource(control);
  } catch (error) {
    if (!(error instanceof CallError && error.code === win.ERROR_FILE_NOT_FOUND)) throw error;
  }
}

async function isGone(control: ServiceControl): Promise<boolean> {
  for (let look = 0; look < LOOKS; look += 1) {
    try {
      await control.withService(win.SERVICE_QUERY_STATUS, () => Promise.resolve());
    } catch (error) {
      if (error instanceof CallError && error.code === win.ERROR_SERVICE_DOES_NOT_EXIST) return true;
      throw error;
    }
    await sleep(LOOK_INTERVAL);
  }
  return false;
}
