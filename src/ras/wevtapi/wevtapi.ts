/** `EventLog` on Windows: the calls into wevtapi.dll. */
import { FunctionMissing } from '../call-errors.ts';
import type { EventLog } from '../event-log.ts';

export function openWevtapi(): EventLog {
  return {
    hanging: false,
    read: () => Promise.reject(new FunctionMissing('EvtQuery', 'EvtQuery cannot be used')),
  };
}
