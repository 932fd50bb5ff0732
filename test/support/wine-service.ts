/** A service named RasMan in the Wine prefix of an exporter, under Wine's own service control manager. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { buildOnce } from '../../scripts/build-once.ts';
import { onWine } from '../../scripts/wine-prefix.ts';
import type { WineExporter } from './wine.ts';

const root = resolve(import.meta.dirname, '../..');
const source = join(root, 'test/windows/service/service.c');

/** Compiles the program of the service, once; resolves with its path. */
async function buildService(): Promise<string> {
  const hash = createHash('sha256').update(await readFile(source));
  const folder = join(root, 'build/service', hash.digest('hex').slice(0, 16));
  await buildOnce(folder, async (draft) => {
    await mkdir(draft, { recursive: true });
    const options = ['-std=c11', '-O1', '-Wall', '-Wextra', '-Werror', '-static-libgcc', '-s'];
    const output = join(draft, 'service.exe');
    await promisify(execFile)('x86_64-w64-mingw32-gcc', [...options, '-o', output, source, '-ladvapi32']);
  });
  return join(folder, 'service.exe');
}

/** What can be done with the service. */
export interface WineService {
  start(): Promise<void>;
  stop(): Promise<void>;
  remove(): Promise<void>;
}

/** Installs the service; it is stopped. */
export async function installRasMan(exporter: WineExporter): Promise<WineService> {
  const sc = async (...args: readonly string[]) => {
    const code = await exporter.beside('sc', ...args);
    if (code !== 0) throw new Error(`sc ${args.join(' ')}: exit code ${code}`);
  };
  await sc('create', 'RasMan', 'binPath=', onWine(await buildService()), 'start=', 'demand');
  return {
    start: () => sc('start', 'RasMan'),
    stop: () => sc('stop', 'RasMan'),
    remove: () => sc('delete', 'RasMan'),
  };
}
