/**
 * The functions of advapi32.dll that collectors call: they look at a service. Functions that start, stop or configure one
 * (StartServiceW, ControlService, ChangeServiceConfigW …) are not among them.
 */
import type { Prototype } from '../dll/library.ts';

export type ServiceFunction = 'OpenSCManagerW' | 'OpenServiceW' | 'QueryServiceStatusEx' | 'CloseServiceHandle';

/** A NULL handle and FALSE mean failure; GetLastError says why. https://learn.microsoft.com/windows/win32/api/winsvc/ */
export const PROTOTYPES: Readonly<Record<ServiceFunction, Prototype>> = {
  OpenSCManagerW: { returns: 'uintptr_t', parameters: ['str16', 'str16', 'uint32'] },
  OpenServiceW: { returns: 'uintptr_t', parameters: ['uintptr_t', 'str16', 'uint32'] },
  QueryServiceStatusEx: { returns: 'int', parameters: ['uintptr_t', 'int', 'void *', 'uint32', 'void *'] },
  CloseServiceHandle: { returns: 'int', parameters: ['uintptr_t'] },
};

/** The least that each function can be asked with. */
export const SC_MANAGER_CONNECT = 0x1;
export const SERVICE_QUERY_STATUS = 0x4;

/** SC_STATUS_TYPE. */
export const SC_STATUS_PROCESS_INFO = 0;
