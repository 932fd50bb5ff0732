/**
 * The functions of rasapi32.dll that the exporter calls. Functions that change state (RasDialW, RasHangUpW, RasSet…,
 * RasDelete…, RasClear…) are not among them.
 */
import type { RasFunction } from '../api.ts';
import type { Prototype } from '../dll/library.ts';

const returnsError = (...parameters: readonly string[]): Prototype => ({ returns: 'uint32', parameters });

/** All return DWORD: 0 or an error code. https://learn.microsoft.com/windows/win32/api/ras/ */
export const PROTOTYPES: Readonly<Record<RasFunction, Prototype>> = {
  RasEnumConnectionsW: returnsError('void *', 'void *', 'void *'),
  RasGetConnectStatusW: returnsError('uintptr_t', 'void *'),
  RasEnumEntriesW: returnsError('str16', 'str16', 'void *', 'void *', 'void *'),
  RasGetEntryPropertiesW: returnsError('str16', 'str16', 'void *', 'void *', 'void *', 'void *'),
  RasGetConnectionStatistics: returnsError('uintptr_t', 'void *'),
  RasGetProjectionInfoEx: returnsError('uintptr_t', 'void *', 'void *'),
  RasEnumDevicesW: returnsError('void *', 'void *', 'void *'),
  RasGetErrorStringW: returnsError('uint32', 'void *', 'uint32'),
};
