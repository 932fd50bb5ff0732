/** Builds something expensive once, however many processes want it at the same time: npm scripts and parallel test files. */
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 100;

/** No build takes as long: a lock that is older belongs to a process that was killed, whoever has its id now. */
const LOCK_EXPIRES_MS = 300_000;

/**
 * Makes `path` unless it is there. Whoever comes second waits for the first.
 *
 * @param path a file or folder whose name holds the hash of what it is made from
 * @param make makes it under another name in the same folder; it is renamed when it is complete
 */
export async function buildOnce(path: string, make: (draft: string) => Promise<void>): Promise<void> {
  const lock = `${path}.lock`;
  await mkdir(dirname(path), { recursive: true });
  while (!(await exists(path))) {
    if (!(await take(lock))) {
      await sleep(POLL_MS);
      continue;
    }
    try {
      if (await exists(path)) return;
      const draft = `${path}.draft`;
      await rm(draft, { recursive: true, force: true });
      await make(draft);
      await rename(draft, path);
    } finally {
      await rm(lock, { force: true });
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** True when the lock is ours. One that was left behind is removed, for the next attempt. */
async function take(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    const owner = Number(await readFile(lock, 'utf8').catch(() => '0'));
    const since = (await stat(lock).catch(() => undefined))?.mtimeMs ?? Date.now();
    // 0: being written, or just released.
    const left = owner !== 0 && !isAlive(owner);
    if (left || Date.now() - since > LOCK_EXPIRES_MS) await rm(lock, { force: true });
    return false;
  }
}

/** Whether a process with this id runs. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
