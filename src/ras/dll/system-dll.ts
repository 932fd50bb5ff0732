/** Where Windows keeps its own DLLs. */
import type { Koffi } from './koffi.ts';

/**
 * The path of a DLL in the system directory of Windows, so that none of the same name elsewhere is loaded in its place. The
 * directory is asked for, not read from the environment, which whoever starts a process can set.
 */
export function systemDll(koffi: Koffi, name: string): string {
  if (process.platform !== 'win32') throw new Error(`${name} is a part of Windows`);
  const getSystemDirectory = koffi
    .load('kernel32.dll')
    .func('__stdcall', 'GetSystemDirectoryW', 'uint32', ['void *', 'uint32']);
  const buffer = Buffer.alloc(2 * 260);
  const length = Number(getSystemDirectory(buffer, 260));
  if (length === 0 || length >= 260) throw new Error('GetSystemDirectoryW did not answer');
  return `${buffer.toString('utf16le', 0, 2 * length)}\\${name}`;
}
