/** What a service has in the registry beside its configuration: an environment, and a source in the event log. */
import { SERVICE_NAME } from '../name.ts';
import type { ServiceControl } from './service-control.ts';
import { dword, multiString, wideString } from './structs.ts';

/** A handle that every process has: the number 0x80000002, with its sign. */
const HKEY_LOCAL_MACHINE = 0xffff_ffff_8000_0002n;

const SERVICES = 'SYSTEM\\CurrentControlSet\\Services';
const SERVICE_KEY = `${SERVICES}\\${SERVICE_NAME}`;
const SOURCE_KEY = `${SERVICES}\\EventLog\\Application\\${SERVICE_NAME}`;

/** KEY_SET_VALUE of the registry that 64-bit programs see. */
const ACCESS = 0x2 | 0x100;
const KEY_WOW64_64KEY = 0x100;
const REG_OPENED_EXISTING_KEY = 2;

const REG_EXPAND_SZ = 2;
const REG_DWORD = 4;
const REG_MULTI_SZ = 7;

/**
 * Of the service, also of the MSI's. One call that hangs must not stop the others, and the size of the pool of threads can be said
 * nowhere else. The other variables, set for the whole machine, would have node.exe load code, write files, or trust every
 * certificate (docs/decisions/0001-executable.md).
 */
export const ENVIRONMENT: readonly string[] = [
  'UV_THREADPOOL_SIZE=8',
  'NODE_OPTIONS=',
  'OPENSSL_CONF=',
  'NODE_COMPILE_CACHE=',
  'NODE_ICU_DATA=',
  'NODE_PATH=',
  'NODE_REDIRECT_WARNINGS=',
  'NODE_TLS_REJECT_UNAUTHORIZED=',
  'NODE_V8_COVERAGE=',
];

/** Has messages of one text, which the viewer shows as they are. */
const MESSAGE_FILE = '%SystemRoot%\\System32\\EventCreate.exe';
/** EVENTLOG_ERROR_TYPE, EVENTLOG_WARNING_TYPE, EVENTLOG_INFORMATION_TYPE. */
const TYPES = 7;

/** The service has been created: so has its key. */
export async function writeEnvironment(control: ServiceControl): Promise<void> {
  await withKey(control, SERVICE_KEY, async (key) => {
    const value = multiString(ENVIRONMENT);
    await control.registry('RegSetValueExW', key, 'Environment', 0, REG_MULTI_SZ, value, value.length);
  });
}

/** @param created is called when there was no such source before */
export async function writeEventSource(control: ServiceControl, created: () => void): Promise<void> {
  await withKey(control, SOURCE_KEY, async (key, existed) => {
    if (!existed) created();
    const file = wideString(MESSAGE_FILE);
    await control.registry('RegSetValueExW', key, 'EventMessageFile', 0, REG_EXPAND_SZ, file, file.length);
    await control.registry('RegSetValueExW', key, 'TypesSupported', 0, REG_DWORD, dword(TYPES), 4);
  });
}

/** @throws CallError 2 when there is none */
export async function removeEventSource(control: ServiceControl): Promise<void> {
  await control.registry('RegDeleteKeyExW', HKEY_LOCAL_MACHINE, SOURCE_KEY, KEY_WOW64_64KEY, 0);
}

async function withKey(
  control: ServiceControl,
  path: string,
  use: (key: bigint, existed: boolean) => Promise<void>,
): Promise<void> {
  const handle = Buffer.alloc(8);
  const disposition = Buffer.alloc(4);
  await control.registry('RegCreateKeyExW', HKEY_LOCAL_MACHINE, path, 0, null, 0, ACCESS, null, handle, disposition);
  const key = handle.readBigUInt64LE();
  try {
    await use(key, disposition.readUInt32LE() === REG_OPENED_EXISTING_KEY);
  } finally {
    await control.registry('RegCloseKey', key).catch(() => {});
  }
}
