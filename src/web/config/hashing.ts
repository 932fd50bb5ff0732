/**
 * The thread that compares passwords with hashes, one at a time: each comparison takes from tens of milliseconds to seconds of
 * pure computation. It loads bcrypt and nothing else of the exporter.
 */
import { parentPort } from 'node:worker_threads';
import { compareSync } from 'bcryptjs';

/** What it is asked; it answers with a boolean for each, in the same order. */
export interface Comparison {
  readonly password: string;
  readonly hash: string;
}

parentPort?.on('message', ({ password, hash }: Comparison) => {
  parentPort?.postMessage(compareSync(password, hash));
});
