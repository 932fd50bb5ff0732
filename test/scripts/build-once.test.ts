/** Expensive builds happen once, whoever else wants them and whatever happened before. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildOnce } from '../../scripts/build-once.ts';

let folder: string;
let target: string;
let builds: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'build-once-'));
  target = join(folder, 'built');
  builds = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

async function make(draft: string): Promise<void> {
  builds += 1;
  await sleep(20);
  writeFileSync(draft, 'complete');
}

test('those who come at the same time wait for one build', async () => {
  await Promise.all([1, 2, 3, 4].map(() => buildOnce(target, make)));
  expect(builds).toBe(1);
  expect(readFileSync(target, 'utf8')).toBe('complete');
  expect(readdirSync(folder)).toEqual(['built']);
});

test('what is there is not built again', async () => {
  await buildOnce(target, make);
  await buildOnce(target, make);
  expect(builds).toBe(1);
});

test('a build that fails leaves nothing in the way of the next', async () => {
  const failing = buildOnce(target, async (draft) => {
    writeFileSync(draft, 'half');
    throw new Error('disk full');
  });
  await expect(failing).rejects.toThrow('disk full');
  await buildOnce(target, make);
  expect(readFileSync(target, 'utf8')).toBe('complete');
});

test('the lock of a process that died does not hold', async () => {
  writeFileSync(`${target}.lock`, '999999999');
  await buildOnce(target, make);
  expect(builds).toBe(1);
});

test('nor does an old one, although another process has got its id', async () => {
  writeFileSync(`${target}.lock`, String(process.pid));
  const hourAgo = Date.now() / 1000 - 3600;
  utimesSync(`${target}.lock`, hourAgo, hourAgo);
  await buildOnce(target, make);
  expect(builds).toBe(1);
});
