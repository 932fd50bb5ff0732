/**
 * `npm run msi`: `release/ras_exporter-VERSION-windows-amd64.msi` from the package folder, with Debian's wixl and msitools.
 *
 * wixl builds what `installer/ras_exporter.wxs` says, msibuild adds `installer/ras_exporter.sql`. The same package folder and the
 * same commit make the same bytes: times are that of the commit, and every GUID is made of a name or of what the file holds.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { packageVersion } from './launcher.ts';
import { settingsSql } from './msi-settings.ts';
import { packageFiles } from './package-windows.ts';
import { versionOf } from './pe-version.ts';
import { sourceDate } from './source-date.ts';
import { uuidOf } from './uuid.ts';

const root = dirname(import.meta.dirname);
const installer = join(root, 'installer');

/** What it needs of Debian: packages wixl and msitools. */
export const MSI_PROGRAMS = ['wixl', 'msibuild', 'msiinfo'] as const;

/** Stands in `ras_exporter.wxs`, with the service. */
const NODE = 'node.exe';
const CONFIG = 'config.yml';

const FILES = packageFiles('amd64');

/** The one GUID that says which products are versions of each other stands in `ras_exporter.wxs`; this one is of one version. */
export function productCode(version: string): string {
  return uuidOf(`product/${version}`);
}

/**
 * Builds the MSI of a package folder, for x64.
 *
 * @param version three numbers, which is all that Windows Installer compares
 * @throws when the folder lacks a file, or has one that nobody has heard of
 */
export async function buildMsi(packageFolder: string, version: string, outFile: string): Promise<void> {
  if (!isComparable(version)) throw new Error(`an MSI cannot have the version ${version}`);
  await checkFiles(packageFolder);
  const draft = await mkdtemp(join(tmpdir(), 'ras-msi-'));
  try {
    const folder = join(draft, 'files');
    await stage(packageFolder, folder);
    const msi = join(draft, 'draft.msi');
    await compile(draft, version);
    const queries = [...settingsSql(), ...(await statements()), ...(await fileSql(folder))];
    await run('msibuild', [msi, ...queries.flatMap((query) => ['-q', query])]);
    // The package code is that of everything else in the file.
    await summarize(draft, msi, 'none');
    const content = createHash('sha256').update(await readFile(msi));
    await summarize(draft, msi, content.digest('hex'));
    await mkdir(dirname(outFile), { recursive: true });
    await copyFile(msi, `${outFile}.draft`);
    await rename(`${outFile}.draft`, outFile);
  } finally {
    await rm(draft, { recursive: true });
  }
}

/** https://learn.microsoft.com/windows/win32/msi/productversion: 255.255.65535 is the highest. */
function isComparable(version: string): boolean {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,5})$/.exec(version)?.slice(1).map(Number) ?? [];
  return parts.length === 3 && [255, 255, 65_535].every((highest, index) => (parts[index] ?? 0) <= highest);
}

async function checkFiles(folder: string): Promise<void> {
  const there = await readdir(folder);
  const missing = FILES.filter((name) => !there.includes(name));
  const strange = there.filter((name) => !FILES.includes(name));
  if (missing.length > 0) throw new Error(`${folder} lacks ${missing.join(', ')}`);
  if (strange.length > 0) throw new Error(`${folder} has ${strange.join(', ')}, which is no part of the package`);
}

async function stage(packageFolder: string, folder: string): Promise<void> {
  await mkdir(folder);
  for (const name of FILES) await copyFile(join(packageFolder, name), join(folder, name));
  await writeFile(join(folder, CONFIG), (await readFile(join(installer, CONFIG), 'utf8')).replaceAll('\n', '\r\n'));
  const time = sourceDate();
  for (const name of await readdir(folder)) await utimes(join(folder, name), time, time);
}

async function compile(draft: string, version: string): Promise<void> {
  const variables = {
    Version: version,
    ProductCode: productCode(version),
    NodeGuid: uuidOf(`component/${NODE}`),
  };
  await writeFile(join(draft, 'files.wxs'), filesWxs());
  for (const name of ['ras_exporter.wxs', 'ras_exporter.ico']) await copyFile(join(installer, name), join(draft, name));
  const defines = Object.entries(variables).flatMap(([name, value]) => ['-D', `${name}=${value}`]);
  // It finds files only below the folder where it runs.
  const sources = ['ras_exporter.wxs', 'files.wxs'];
  await run('wixl', ['-a', 'x64', ...defines, '-o', 'draft.msi', ...sources], draft);
}

/** A component for each file, as Windows Installer wants it; its GUID is that of its name in every version. */
function filesWxs(): string {
  const names = FILES.filter((name) => name !== NODE);
  const components = names.map((name) => {
    const id = fileId(name);
    return `<Component Id="${id}" Guid="${uuidOf(`component/${name}`)}" Win64="yes">
      <File Id="${id}" Name="${shortName(name)}" Source="files/${name}" KeyPath="yes" />
    </Component>`;
  });
  const references = names.map((name) => `<ComponentRef Id="${fileId(name)}" />`);
  return `<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">
  <Fragment>
    <DirectoryRef Id="APPLICATIONFOLDER">${components.join('\n')}</DirectoryRef>
    <ComponentGroup Id="Files">${references.join('\n')}</ComponentGroup>
  </Fragment>
</Wix>
`;
}

function fileId(name: string): string {
  return name.replaceAll('-', '_');
}

/** `short|long`: Windows Installer wants a name of eight and three characters for every longer one. */
function shortName(name: string): string {
  if (/^\w{1,8}(\.\w{1,3})?$/.test(name)) return name;
  const extension = /\.\w{1,3}/.exec(name)?.[0] ?? '';
  return `${uuidOf(`short/${name}`).slice(0, 8)}${extension}|${name}`;
}

/** Versions of files: without them Windows Installer would not put one in the place of another that has a version. */
async function fileSql(folder: string): Promise<string[]> {
  const queries: string[] = [];
  for (const name of FILES) {
    const version = versionOf(await readFile(join(folder, name)));
    if (version === undefined) continue;
    const id = fileId(name);
    queries.push(`UPDATE \`File\` SET \`Version\` = '${version}', \`Language\` = '1033' WHERE \`File\` = '${id}'`);
    queries.push(`DELETE FROM \`MsiFileHash\` WHERE \`File_\` = '${id}'`);
  }
  return queries;
}

async function statements(): Promise<string[]> {
  const lines = (await readFile(join(installer, 'ras_exporter.sql'), 'utf8')).split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('--'));
}

/** Properties of the summary: the package code, when it was made, and last saved. */
const PACKAGE_CODE = '9';
const TIMES = ['12', '13'];

async function summarize(draft: string, msi: string, content: string): Promise<void> {
  const time = sourceDate().toISOString().replaceAll('-', '/').replace('T', ' ').slice(0, 19);
  const { stdout } = await run('msiinfo', ['export', msi, '_SummaryInformation']);
  const lines = stdout.split('\r\n').map((line) => {
    const [property = ''] = line.split('\t');
    if (property === PACKAGE_CODE) return `${property}\t{${uuidOf(`package/${content}`).toUpperCase()}}`;
    return TIMES.includes(property) ? `${property}\t${time}` : line;
  });
  const table = join(draft, '_SummaryInformation.idt');
  await writeFile(table, lines.join('\r\n'));
  await run('msibuild', [msi, '-i', table]);
}

/** Times in the cabinet are local ones. */
function run(program: string, args: readonly string[], cwd = root): Promise<{ readonly stdout: string }> {
  const env = { PATH: process.env.PATH ?? '', TZ: 'UTC', LANG: 'C.UTF-8' };
  return promisify(execFile)(program, args, { cwd, env });
}

if (process.argv[1] === import.meta.filename) {
  const version = await packageVersion();
  const msi = join(root, `release/ras_exporter-${version}-windows-amd64.msi`);
  await buildMsi(join(root, 'release/windows-amd64'), version, msi);
  console.log(msi);
}
