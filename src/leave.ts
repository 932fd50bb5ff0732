/**
 * How the process ends.
 *
 * `process.exit` waits for the threads of libuv's pool, so with a call that hangs in Windows it never returns. Then the
 * operating system is asked to end the process as it stands; nothing is lost, since log and answers are written by then.
 */
import { loadKoffi } from './ras/dll/koffi.ts';

/** Ends the process with `code`. */
export async function leave(code: number, hanging: boolean): Promise<void> {
  if (hanging) {
    const koffi = await loadKoffi();
    if (process.platform === 'win32') {
      // Not ExitProcess: it would wait for a lock that the hanging call may hold.
      const terminate = koffi.load('kernel32.dll').func('__stdcall', 'TerminateProcess', 'int', ['intptr_t', 'uint32']);
      const CURRENT_PROCESS = -1;
      terminate(CURRENT_PROCESS, code);
    } else {
      koffi.load(null).func('_exit', 'void', ['int'])(code);
    }
  }
  process.exit(code);
}

/** Milliseconds after which a crash ends the process, told or not. */
const TELL_TIMEOUT = 2000;

/**
 * Has an error that nobody catches end the process, with code 1, when `tell` has said so. Node.js would end it by `process.exit`,
 * which may never return.
 */
export function endOnCrash(tell: (crash: Error) => Promise<void>): void {
  let hasCrashed = false;
  process.on('uncaughtException', (crash) => {
    // Those after the first are taken, too: one that nobody takes has Node.js end the process.
    if (hasCrashed) return;
    hasCrashed = true;
    // Without koffi no call was made that could hang.
    const end = () => void leave(1, true).catch(() => process.exit(1));
    setTimeout(end, TELL_TIMEOUT);
    void Promise.resolve(crash).then(tell).then(end, end);
  });
}
