/** The functions of advapi32.dll by which a process is a service: none of them starts, stops or configures one. */
import type { Prototype } from '../ras/dll/library.ts';

export type RunFunction = 'StartServiceCtrlDispatcherW' | 'RegisterServiceCtrlHandlerExW' | 'SetServiceStatus';

/** A NULL handle and FALSE mean failure; GetLastError says why. https://learn.microsoft.com/windows/win32/api/winsvc/ */
export const RUN_PROTOTYPES: Readonly<Record<RunFunction, Prototype>> = {
  // lpServiceStartTable
  StartServiceCtrlDispatcherW: { returns: 'int', parameters: ['void *'] },
  // lpServiceName, lpHandlerProc, lpContext
  RegisterServiceCtrlHandlerExW: { returns: 'uintptr_t', parameters: ['str16', 'void *', 'void *'] },
  // hServiceStatus, lpServiceStatus
  SetServiceStatus: { returns: 'int', parameters: ['uintptr_t', 'void *'] },
};

/** Not started by the service control manager. */
export const ERROR_FAILED_SERVICE_CONTROLLER_CONNECT = 1063;
/** What went wrong stands in dwServiceSpecificExitCode. */
export const ERROR_SERVICE_SPECIFIC_ERROR = 1066;
/** What a handler answers to controls that it does not know. */
export const ERROR_CALL_NOT_IMPLEMENTED = 120;

export const SERVICE_WIN32_OWN_PROCESS = 0x10;

/** What it is told. */
export const SERVICE_CONTROL_STOP = 1;
export const SERVICE_CONTROL_INTERROGATE = 4;
export const SERVICE_CONTROL_SHUTDOWN = 5;

/** What it wants to be told. */
export const SERVICE_ACCEPT_STOP = 0x1;
export const SERVICE_ACCEPT_SHUTDOWN = 0x4;
