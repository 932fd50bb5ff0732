/**
 * Lines into a file, standard output or standard error.
 *
 * Written synchronously: it needs no thread of the pool, which calls into Windows may hold, and nothing is lost when the
 * process ends.
 */
import { type BigIntStats, closeSync, fstatSync, openSync, statSync, writeSync } from 'node:fs';
import type { Sink } from './sink.ts';

const STANDARD: ReadonlyMap<string, number> = new Map([
  ['stdout', 1],
  ['stderr', 2],
]);

/**
 * Opens `stdout`, `stderr` or a file, which is followed when somebody rotates it away.
 *
 * @throws when the file cannot be opened
 */
export function openFileSink(file: string): Sink {
  const standard = STANDARD.get(file);
  let descriptor = standard ?? openSync(file, 'a');
  /** The last line is there in part: the disk was full. */
  let torn = false;
  const follow = () => {
    if (standard !== undefined || isSame(statOf(file), fstatSync(descriptor, { bigint: true }))) return;
    const opened = openSync(file, 'a');
    closeSync(descriptor);
    descriptor = opened;
    torn = false;
  };
  return {
    dated: false,
    busy: false,
    takeLost: () => 0,
    close: () => Promise.resolve(),
    write(_, line) {
      try {
        follow();
      } catch {
        // Where no new one can be made, the one that was moved away still takes lines.
      }
      let written = 0;
      try {
        const bytes = Buffer.from(`${torn ? '\n' : ''}${line}\n`);
        while (written < bytes.length) written += writeSync(descriptor, bytes, written);
        torn = false;
        return true;
      } catch {
        // A log that cannot be written must not end the exporter.
        torn ||= written > 0;
        return false;
      }
    },
  };
}

function statOf(file: string): BigIntStats | undefined {
  return statSync(file, { bigint: true, throwIfNoEntry: false });
}

function isSame(a: BigIntStats | undefined, b: BigIntStats): boolean {
  return a?.ino === b.ino && a.dev === b.dev;
}
