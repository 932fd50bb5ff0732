/**
 * Suites that need a program which npm does not bring.
 *
 * A developer without it sees which Debian package is missing and has the suite skipped; with `CI=true` the suite fails, so
 * that a green run never means that nothing ran.
 */
import { existsSync } from 'node:fs';
import { test } from 'vitest';
import { isInstalled } from '../../scripts/programs.ts';

/** Program → Debian package; `scripts/install-packages.sh` installs those that CI needs. */
const PACKAGES = {
  wine: 'wine',
  'x86_64-w64-mingw32-gcc': 'gcc-mingw-w64-x86-64',
  'x86_64-w64-mingw32-windres': 'binutils-mingw-w64-x86-64',
  clang: 'clang',
  'lld-link': 'lld',
  'llvm-dlltool': 'llvm',
  gcc: 'gcc',
  // What gcc includes: without recommended packages it comes without.
  'stdio.h': 'libc6-dev',
  prometheus: 'prometheus',
  promtool: 'prometheus',
  'prometheus-alertmanager': 'prometheus-alertmanager',
  chromium: 'chromium',
  protoc: 'protobuf-compiler',
  openssl: 'openssl',
  buildah: 'buildah',
  debootstrap: 'debootstrap',
  wixl: 'wixl',
  msibuild: 'msitools',
  msiinfo: 'msitools',
  unzip: 'unzip',
} as const;

export type Program = keyof typeof PACKAGES;

function isThere(program: Program): boolean {
  return program === 'stdio.h' ? existsSync('/usr/include/stdio.h') : isInstalled(program);
}

/**
 * Whether the programs are missing. Call it at the top of a test file:
 *
 * ```ts
 * describe.skipIf(isMissing('wine', 'x86_64-w64-mingw32-gcc'))('the exporter on Wine', () => { … });
 * ```
 */
export function isMissing(...programs: readonly Program[]): boolean {
  const packages = new Set(programs.filter((program) => !isThere(program)).map((program) => PACKAGES[program]));
  if (packages.size === 0) return false;
  const message = `needs the Debian package ${[...packages].join(', ')}`;
  if (process.env.CI === 'true') {
    test(message, () => {
      throw new Error(`This suite ${message}: run scripts/install-packages.sh`);
    });
  } else {
    console.warn(`Skipped: this suite ${message} (scripts/install-packages.sh)`);
  }
  return true;
}

/**
 * Whether this is not root, whom file systems and namespaces obey. As `isMissing`: a failure in CI.
 */
export function isNotRoot(): boolean {
  if (process.getuid?.() === 0) return false;
  if (process.env.CI === 'true') {
    test('needs root', () => {
      throw new Error('This suite needs root');
    });
  } else {
    console.warn('Skipped: this suite needs root');
  }
  return true;
}
