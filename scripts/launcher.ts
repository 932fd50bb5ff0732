/**
 * `ras_exporter.exe`, the program that a console starts (`installer/launcher`), for x64 and arm64.
 *
 * clang and lld (LLVM) make both without any library of Windows: the one that says what kernel32.dll has is made of a list of what the
 * launcher calls. mingw's windres makes the resources, which are the same for both.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const root = dirname(import.meta.dirname);
const sources = join(root, 'installer/launcher');
const SOURCES = ['launcher', 'environment', 'fail'] as const;

/** Declarations only; Debian's package mingw-w64-common. */
const HEADERS = '/usr/share/mingw-w64/include';

/** Processors that there is a package for, as the release names them. */
export type Arch = 'amd64' | 'arm64';

/** How clang and llvm-dlltool call them, and the oldest version of Windows that the launcher starts on. */
const TARGETS: Readonly<Record<Arch, { readonly clang: string; readonly dlltool: string; readonly windows: string }>> =
  {
    amd64: { clang: 'x86_64-w64-windows-gnu', dlltool: 'i386:x86-64', windows: '6.02' },
    arm64: { clang: 'aarch64-w64-windows-gnu', dlltool: 'arm64', windows: '10.0' },
  };

/** There is no C runtime: neither its functions nor its checks may be called. */
const WITHOUT_RUNTIME =
  '-ffreestanding -fno-builtin -fno-stack-protector -mno-stack-arg-probe -fno-asynchronous-unwind-tables'.split(' ');

const COMPILE = [
  '-std=c11',
  '-Os',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-D_WIN32_WINNT=0x0602',
  ...WITHOUT_RUNTIME,
  '-fno-ident',
  '-isystem',
  HEADERS,
];

/** What makes it: Debian's packages clang, llvm, lld and mingw-w64's binutils. */
export const LAUNCHER_PROGRAMS = ['clang', 'llvm-dlltool', 'lld-link', 'x86_64-w64-mingw32-windres'] as const;

const run = promisify(execFile);

/**
 * Makes the launcher.
 *
 * @param version of package.json, for the properties that Explorer shows
 * @throws when clang, lld or mingw is missing, or complains
 */
export async function buildLauncher(arch: Arch, version: string, outFile: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ras-launcher-'));
  const target = TARGETS[arch];
  try {
    const compiled = SOURCES.map((name) => join(folder, `${name}.obj`));
    for (const [i, name] of SOURCES.entries()) {
      const output = compiled[i] ?? '';
      await run('clang', [`--target=${target.clang}`, ...COMPILE, '-c', '-o', output, `${name}.c`], { cwd: sources });
    }
    const library = join(folder, 'kernel32.lib');
    const exported = join(sources, 'kernel32.def');
    await run('llvm-dlltool', ['-m', target.dlltool, '-d', exported, '-l', library]);
    const options = ['/entry:start', '/nodefaultlib', '/Brepro', '/WX'];
    const subsystem = `/subsystem:console,${target.windows}`;
    const resources = await compileResources(folder, version);
    await run('lld-link', [...options, subsystem, `/out:${outFile}`, ...compiled, resources, library]);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** @returns the path of a .res file */
async function compileResources(folder: string, version: string): Promise<string> {
  await writeFile(join(folder, 'version.h'), versionHeader(version));
  const output = join(folder, 'launcher.res');
  const includes = [folder, sources, join(root, 'installer'), HEADERS].flatMap((path) => ['-I', path]);
  const input = join(sources, 'launcher.rc');
  await run('x86_64-w64-mingw32-windres', ['-O', 'res', ...includes, '-o', output, input]);
  return output;
}

/** Windows has four numbers, of which the last stays 0; what follows the three in a version is only in its text. */
function versionHeader(version: string): string {
  const numbers = /^(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).join(',');
  if (numbers === undefined) throw new Error(`not a version: ${version}`);
  return `#define VERSION_NUMBERS ${numbers},0\n#define VERSION_TEXT "${version}"\n`;
}

/** The version in package.json. */
export async function packageVersion(): Promise<string> {
  const { version }: { readonly version: string } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  return version;
}
