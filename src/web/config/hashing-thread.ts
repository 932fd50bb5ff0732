/** Starts `hashing.ts` as a thread. The bundle has a version of this file that carries the code of the thread in itself. */
import { Worker } from 'node:worker_threads';

/** Nothing that Node.js was started with is for this thread. */
export function startHashingThread(): Worker {
  return new Worker(new URL('hashing.ts', import.meta.url), { execArgv: [], name: 'hashing' });
}
