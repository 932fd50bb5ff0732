/** One machine, real or simulated: everything that collectors ask. */
import type { RasApi, RasApiName } from './api.ts';
import type { EventLog } from './event-log.ts';
import type { ServiceManager } from './service-manager.ts';

export interface Windows {
  readonly name: RasApiName;
  readonly ras: RasApi;
  readonly eventLog: EventLog;
  readonly services: ServiceManager;
}

/** True while a call into Windows has not returned; the process must then not end through `process.exit`. */
export function isHanging({ ras, eventLog, services }: Windows): boolean {
  return ras.hanging || eventLog.hanging || services.hanging;
}
