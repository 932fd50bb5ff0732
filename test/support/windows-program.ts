/** Small programs for Windows, which tests put where Wine has none, or one that does nothing. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { buildOnce } from '../../scripts/build-once.ts';

const root = resolve(import.meta.dirname, '../..');

/**
 * Compiles a program, once.
 *
 * @param source its only file, `test/windows/service/service.c`
 * @returns its path; its name is that of the source
 */
export async function buildWindowsProgram(source: string): Promise<string> {
  const path = join(root, source);
  const name = basename(source, '.c');
  const hash = createHash('sha256').update(await readFile(path));
  const folder = join(root, 'build', name, hash.digest('hex').slice(0, 16));
  await buildOnce(folder, async (draft) => {
    await mkdir(draft, { recursive: true });
    const options = ['-std=c11', '-O1', '-Wall', '-Wextra', '-Werror', '-static-libgcc', '-s'];
    const output = join(draft, `${name}.exe`);
    await promisify(execFile)('x86_64-w64-mingw32-gcc', [...options, '-o', output, path, '-ladvapi32']);
  });
  return join(folder, `${name}.exe`);
}
