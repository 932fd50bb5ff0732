/**
 * The functions of advapi32.dll that install, remove, start and stop a service. They are bound by the commands that an administrator
 * gives, and by nothing that runs for long.
 */
import type { Prototype } from '../../ras/dll/library.ts';

const HANDLE = 'uintptr_t';

/** NULL and FALSE mean failure, GetLastError says why. https://learn.microsoft.com/windows/win32/api/winsvc/ */
const SERVICE_PROTOTYPES = {
  // lpMachineName, lpDatabaseName, dwDesiredAccess
  OpenSCManagerW: { returns: HANDLE, parameters: ['str16', 'str16', 'uint32'] },
  // hSCManager, lpServiceName, dwDesiredAccess
  OpenServiceW: { returns: HANDLE, parameters: [HANDLE, 'str16', 'uint32'] },
  // hSCManager, lpServiceName, lpDisplayName, dwDesiredAccess, dwServiceType, dwStartType, dwErrorControl, lpBinaryPathName,
  // lpLoadOrderGroup, lpdwTagId, lpDependencies, lpServiceStartName, lpPassword
  CreateServiceW: {
    returns: HANDLE,
    parameters: [
      HANDLE,
      'str16',
      'str16',
      'uint32',
      'uint32',
      'uint32',
      'uint32',
      'str16',
      'str16',
      'void *',
      'void *',
      'str16',
      'str16',
    ],
  },
  // hService, dwInfoLevel, lpInfo
  ChangeServiceConfig2W: { returns: 'int', parameters: [HANDLE, 'uint32', 'void *'] },
  DeleteService: { returns: 'int', parameters: [HANDLE] },
  // hService, dwNumServiceArgs, lpServiceArgVectors
  StartServiceW: { returns: 'int', parameters: [HANDLE, 'uint32', 'void *'] },
  // hService, dwControl, lpServiceStatus
  ControlService: { returns: 'int', parameters: [HANDLE, 'uint32', 'void *'] },
  // hService, InfoLevel, lpBuffer, cbBufSize, pcbBytesNeeded
  QueryServiceStatusEx: { returns: 'int', parameters: [HANDLE, 'int', 'void *', 'uint32', 'void *'] },
  // hService, lpServiceConfig, cbBufSize, pcbBytesNeeded
  QueryServiceConfigW: { returns: 'int', parameters: [HANDLE, 'void *', 'uint32', 'void *'] },
  // hService, dwInfoLevel, lpBuffer, cbBufSize, pcbBytesNeeded
  QueryServiceConfig2W: { returns: 'int', parameters: [HANDLE, 'uint32', 'void *', 'uint32', 'void *'] },
  CloseServiceHandle: { returns: 'int', parameters: [HANDLE] },
} satisfies Readonly<Record<string, Prototype>>;

/** What they return is an error code. https://learn.microsoft.com/windows/win32/api/winreg/ */
const REGISTRY_PROTOTYPES = {
  // hKey, lpSubKey, Reserved, lpClass, dwOptions, samDesired, lpSecurityAttributes, phkResult, lpdwDisposition
  RegCreateKeyExW: {
    returns: 'uint32',
    parameters: [HANDLE, 'str16', 'uint32', 'str16', 'uint32', 'uint32', 'void *', 'void *', 'void *'],
  },
  // hKey, lpValueName, Reserved, dwType, lpData, cbData
  RegSetValueExW: { returns: 'uint32', parameters: [HANDLE, 'str16', 'uint32', 'uint32', 'void *', 'uint32'] },
  // hKey, lpSubKey, samDesired, Reserved: of a key that has no others below it
  RegDeleteKeyExW: { returns: 'uint32', parameters: [HANDLE, 'str16', 'uint32', 'uint32'] },
  RegCloseKey: { returns: 'uint32', parameters: [HANDLE] },
} satisfies Readonly<Record<string, Prototype>>;

export type ServiceFunction = keyof typeof SERVICE_PROTOTYPES;
export type RegistryFunction = keyof typeof REGISTRY_PROTOTYPES;
export type ManageFunction = ServiceFunction | RegistryFunction;

export const MANAGE_PROTOTYPES: Readonly<Record<ManageFunction, Prototype>> = {
  ...SERVICE_PROTOTYPES,
  ...REGISTRY_PROTOTYPES,
};

export const SC_MANAGER_CONNECT = 0x1;
export const SC_MANAGER_CREATE_SERVICE = 0x2;

export const SERVICE_QUERY_CONFIG = 0x1;
export const SERVICE_CHANGE_CONFIG = 0x2;
export const SERVICE_QUERY_STATUS = 0x4;
export const SERVICE_START = 0x10;
export const SERVICE_STOP = 0x20;
export const DELETE = 0x1_0000;

export const SERVICE_ERROR_NORMAL = 1;

export { ERROR_SERVICE_SPECIFIC_ERROR, SERVICE_WIN32_OWN_PROCESS } from '../prototypes.ts';

export const ERROR_FILE_NOT_FOUND = 2;
export const ERROR_ACCESS_DENIED = 5;
export const ERROR_INSUFFICIENT_BUFFER = 122;
export const ERROR_INVALID_LEVEL = 124;
export const ERROR_INVALID_SERVICE_CONTROL = 1052;
export const ERROR_SERVICE_REQUEST_TIMEOUT = 1053;
export const ERROR_SERVICE_DATABASE_LOCKED = 1055;
export const ERROR_SERVICE_ALREADY_RUNNING = 1056;
export const ERROR_INVALID_SERVICE_ACCOUNT = 1057;
export const ERROR_SERVICE_DISABLED = 1058;
export const ERROR_SERVICE_DOES_NOT_EXIST = 1060;
export const ERROR_SERVICE_CANNOT_ACCEPT_CTRL = 1061;
export const ERROR_SERVICE_NOT_ACTIVE = 1062;
export const ERROR_PROCESS_ABORTED = 1067;
export const ERROR_SERVICE_LOGON_FAILED = 1069;
export const ERROR_SERVICE_MARKED_FOR_DELETE = 1072;
export const ERROR_SERVICE_EXISTS = 1073;
export const ERROR_DUPLICATE_SERVICE_NAME = 1078;
export const ERROR_SHUTDOWN_IN_PROGRESS = 1115;
