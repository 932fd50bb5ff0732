/**
 * `npm run package:windows`: `release/windows-amd64` and `release/windows-arm64`, the folders that are all a Windows machine needs.
 *
 * node.exe and koffi come from npm in the versions of package-lock.json, checked against its hashes.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, type link, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { buildOnce } from './build-once.ts';
import { bundle, RECORD_ENV, RECORD_TIMEOUT_MS, recordCache } from './bundle.ts';
import { CACHE } from './code-cache.ts';
import { type Arch, buildLauncher, LAUNCHER_PROGRAMS, packageVersion } from './launcher.ts';
import { binaryPackages, bundledPackages, notices, type ThirdParty } from './notices.ts';
import { isInstalled } from './programs.ts';
import { onWine, openPrefix } from './wine-prefix.ts';

const root = dirname(import.meta.dirname);
const MANIFESTS = ['package.json', '.npmrc', 'package-lock.json'];

export const ARCHS = ['amd64', 'arm64'] as const;

/** How npm calls the processors. */
export const NPM_CPUS: Readonly<Record<Arch, string>> = { amd64: 'x64', arm64: 'arm64' };

/** What of the dependencies for Windows is not JavaScript. */
export interface WindowsModules {
  /** Path of node.exe. */
  readonly node: string;
  readonly nodeVersion: string;
  /** Path of koffi.node. */
  readonly koffi: string;
}

/** Installs the dependencies for Windows, once per package-lock.json. */
export async function windowsModules(arch: Arch = 'amd64'): Promise<WindowsModules> {
  const cpu = NPM_CPUS[arch];
  const hash = createHash('sha256').update(arch);
  for (const file of MANIFESTS) hash.update(await readFile(join(root, file)));
  const folder = join(root, 'build/windows-modules', hash.digest('hex').slice(0, 16));
  await buildOnce(folder, async (draft) => {
    await mkdir(draft, { recursive: true });
    for (const file of MANIFESTS) await copyFile(join(root, file), join(draft, file));
    const options = ['--omit=dev', '--ignore-scripts', '--os=win32', `--cpu=${cpu}`, '--loglevel=error'];
    await promisify(execFile)('npm', ['ci', ...options], { cwd: draft });
    // npm before 10 takes no notice of --os and --cpu.
    const files = Object.values(nativeFiles(draft, cpu));
    const there = await Promise.all(files.map((file) => stat(file).catch(() => undefined)));
    if (there.includes(undefined)) {
      const { stdout } = await promisify(execFile)('npm', ['--version']);
      throw new Error(`npm ${stdout.trim()} installed nothing for Windows: packages are made with npm 10 or later`);
    }
  });
  const { node, koffi } = nativeFiles(folder, cpu);
  const manifest = await readFile(join(dirname(node), '../package.json'), 'utf8');
  return { node, nodeVersion: JSON.parse(manifest).version, koffi };
}

function nativeFiles(folder: string, cpu: string): { readonly node: string; readonly koffi: string } {
  const modules = join(folder, 'node_modules');
  return {
    node: join(modules, `node-win-${cpu}/bin/node.exe`),
    koffi: join(modules, `@koromix/koffi-win32-${cpu}/win32_${cpu}/koffi.node`),
  };
}

/** What a whole package consists of. Nothing here can run node.exe for arm64, which alone could make the cache for it. */
export function packageFiles(arch: Arch): readonly string[] {
  const code = ['app.js', 'otlp-grpc.cjs', 'otlp.cjs', 'ras_exporter.cjs'];
  const files = ['LICENSE', 'THIRD-PARTY-NOTICES.txt', 'koffi.node', 'node.exe', 'ras_exporter.exe', ...code];
  return [...files, ...(arch === 'amd64' ? [CACHE] : [])].toSorted();
}

/**
 * Makes the package in `folder`, which must not exist. Without the programs that make the launcher and the cache it lacks these.
 *
 * @param place how the large files get there: copied, or linked where nobody will change them
 * @returns what of others is in it
 */
export async function packageWindows(
  folder: string,
  place: typeof link = copyFile,
  arch: Arch = 'amd64',
): Promise<readonly ThirdParty[]> {
  const { node, nodeVersion, koffi } = await windowsModules(arch);
  await mkdir(folder, { recursive: true });
  const bundled = await bundledPackages(await bundle(folder));
  await place(node, join(folder, 'node.exe'));
  await place(koffi, join(folder, 'koffi.node'));
  await copyFile(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  const others = [...bundled, ...(await binaryPackages(nodeVersion))];
  await writeFile(join(folder, 'THIRD-PARTY-NOTICES.txt'), notices(others));
  const missing = LAUNCHER_PROGRAMS.find((program) => !isInstalled(program));
  if (missing === undefined) await buildLauncher(arch, await packageVersion(), join(folder, 'ras_exporter.exe'));
  else console.warn(`${missing} is not installed: the package has no ras_exporter.exe`);
  if (arch === 'amd64') await addCache(folder);
  return others;
}

async function addCache(folder: string): Promise<void> {
  const record = (script: string, options: readonly string[]) => runOnWine(join(folder, 'node.exe'), options, script);
  if (isInstalled('wine')) await recordCache(folder, record);
  else console.warn('Wine is not installed: the package has no app.cache, and starts slower');
}

/** The cache depends on Node.js and its platform, not on Windows. */
async function runOnWine(node: string, options: readonly string[], script: string): Promise<void> {
  const prefix = await openPrefix();
  try {
    const log = join(prefix.folder, 'tmp/record-cache.log');
    const child = prefix.start([node, ...options, onWine(script)], RECORD_ENV, log);
    const timeout = setTimeout(() => child.kill('SIGKILL'), RECORD_TIMEOUT_MS);
    const [code] = await once(child, 'exit');
    clearTimeout(timeout);
    if (code !== 0) throw new Error(`no ${CACHE}, node.exe ended with ${code}: ${await readFile(log, 'utf8')}`);
  } finally {
    prefix.close();
  }
}

/** Makes a package in the place of an older one, and prints what is in it; returns what `packageWindows` returns. */
export async function replacePackage(folder: string, arch: Arch): Promise<readonly ThirdParty[]> {
  const draft = `${folder}.draft`;
  await rm(draft, { recursive: true, force: true });
  const others = await packageWindows(draft, copyFile, arch);
  await rm(folder, { recursive: true, force: true });
  await rename(draft, folder);
  let total = 0;
  for (const file of (await readdir(folder)).toSorted()) {
    const { size } = await stat(join(folder, file));
    total += size;
    printSize(size, file);
  }
  printSize(total, relative(root, folder));
  return others;
}

export function printSize(bytes: number, what: string): void {
  console.log(`${(bytes / 1e6).toFixed(2).padStart(8)} MB  ${what}`);
}

if (process.argv[1] === import.meta.filename) {
  for (const arch of ARCHS) await replacePackage(join(root, `release/windows-${arch}`), arch);
}
