/**
 * The functions of advapi32.dll that write to the event log, and none that reads, clears or backs it up.
 *
 * https://learn.microsoft.com/windows/win32/api/winbase/nf-winbase-reporteventw
 */
import type { Prototype } from '../../ras/dll/library.ts';

export type EventLogFunction = 'RegisterEventSourceW' | 'ReportEventW' | 'DeregisterEventSource';

export const EVENT_LOG_PROTOTYPES: Readonly<Record<EventLogFunction, Prototype>> = {
  // lpUNCServerName, lpSourceName
  RegisterEventSourceW: { returns: 'uintptr_t', parameters: ['str16', 'str16'] },
  // hEventLog, wType, wCategory, dwEventID, lpUserSid, wNumStrings, dwDataSize, lpStrings, lpRawData
  ReportEventW: {
    returns: 'int',
    parameters: ['uintptr_t', 'uint16', 'uint16', 'uint32', 'void *', 'uint16', 'uint32', 'str16 *', 'void *'],
  },
  // hEventLog
  DeregisterEventSource: { returns: 'int', parameters: ['uintptr_t'] },
};
