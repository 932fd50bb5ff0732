/** What this machine calls itself, for as long as its system is installed: MachineGuid of Windows, machine-id of Linux. */
import { readFileSync } from 'node:fs';
import { Library } from './dll/library.ts';
import { systemDll } from './dll/system-dll.ts';

/** https://learn.microsoft.com/windows/win32/api/winreg/nf-winreg-reggetvaluew: one call that opens, reads and closes. */
export const HOST_ID_PROTOTYPES = {
  RegGetValueW: {
    returns: 'uint32',
    parameters: ['uintptr_t', 'str16', 'str16', 'uint32', 'void *', 'void *', 'void *'],
  },
} as const;

const RRF_RT_REG_SZ = 0x0000_0002;
/** The 64-bit view, where the value is, also for a 32-bit process. */
const RRF_SUBKEY_WOW6464KEY = 0x0001_0000;
const KEY = 'SOFTWARE\\Microsoft\\Cryptography';
const VALUE = 'MachineGuid';

/** `undefined` where the machine has none, or does not say. */
export async function readHostId(): Promise<string | undefined> {
  try {
    const id = process.platform === 'win32' ? await readMachineGuid() : readFileSync('/etc/machine-id', 'utf8').trim();
    return id === '' ? undefined : id;
  } catch {
    return undefined;
  }
}

async function readMachineGuid(): Promise<string> {
  const library = new Library(HOST_ID_PROTOTYPES, (koffi) => systemDll(koffi, 'advapi32.dll'));
  const read = await library.bind('RegGetValueW');
  // HKEY_LOCAL_MACHINE is a negative number as wide as a pointer.
  const HKEY_LOCAL_MACHINE = process.arch === 'ia32' ? 0x8000_0002n : 0xffff_ffff_8000_0002n;
  const value = Buffer.alloc(2 * 128);
  const size = Buffer.alloc(4);
  size.writeUInt32LE(value.length);
  const returned = await new Promise<number>((resolve, reject) => {
    const flags = RRF_RT_REG_SZ | RRF_SUBKEY_WOW6464KEY;
    read([HKEY_LOCAL_MACHINE, KEY, VALUE, flags, null, value, size], (error, code) => {
      if (error instanceof Error) reject(error);
      else resolve(Number(code));
    });
  });
  if (returned !== 0) throw new Error(`RegGetValueW returned ${returned}`);
  const [text = ''] = value.toString('utf16le', 0, size.readUInt32LE()).split('\0');
  return text;
}
