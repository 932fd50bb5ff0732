/** Why a function failed that returns FALSE or NULL only. */
import type { Koffi } from './koffi.ts';

let bound: (() => number) | undefined;

/**
 * GetLastError, which koffi carries from the thread of an asynchronous call into its callback. Where there is no Windows,
 * `errno`, which koffi carries in the same way: libraries of the tests answer with it.
 */
export function bindLastError(koffi: Koffi): () => number {
  if (bound !== undefined) return bound;
  if (process.platform === 'win32') {
    const getLastError = koffi.load('kernel32.dll').func('__stdcall', 'GetLastError', 'uint32', []);
    bound = () => Number(getLastError());
  } else {
    bound = () => koffi.errno();
  }
  return bound;
}
