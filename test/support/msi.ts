/** MSIs of the sources as they stand, and what msitools say of them. */
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { buildOnce } from '../../scripts/build-once.ts';
import { buildMsi } from '../../scripts/msi.ts';
import { windowsPackage } from './wine.ts';

const root = resolve(import.meta.dirname, '../..');

/** Builds the MSI of one version, once for all suites; resolves with its path. */
export async function builtMsi(version: string): Promise<string> {
  const packageFolder = await windowsPackage();
  const folder = join(root, 'build/msi', `${basename(packageFolder)}-${version}`);
  await buildOnce(folder, async (draft) => {
    await mkdir(draft, { recursive: true });
    await buildMsi(packageFolder, version, join(draft, 'ras_exporter.msi'));
  });
  return join(folder, 'ras_exporter.msi');
}

/** A row of a table: column → value, as text. */
export type Row = Readonly<Record<string, string>>;

export async function tablesOf(msi: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('msiinfo', ['tables', msi]);
  return stdout.split('\n').filter((name) => name !== '');
}

/** @param msi a whole path: msiinfo writes what is no text into the folder where it runs */
export async function rowsOf(msi: string, table: string): Promise<Row[]> {
  const { stdout } = await promisify(execFile)('msiinfo', ['export', msi, table], { cwd: tmpdir() });
  // Names, types and keys of the columns, then the rows.
  const [names = [], , , ...rows] = stdout.split('\r\n').map((line) => line.split('\t'));
  return rows
    .filter((values) => values.length === names.length)
    .map((values) => Object.fromEntries(names.map((name, index) => [name, values[index] ?? ''])));
}

/** Changes a database. */
export async function query(msi: string, sql: string): Promise<void> {
  await promisify(execFile)('msibuild', [msi, '-q', sql]);
}
