/**
 * `npm run release`: everything that a release consists of, in `release/`.
 *
 * The same commit makes the same bytes, wherever and whenever (docs/building.md). From the environment: `SOURCE_DATE_EPOCH` and
 * `REVISION`, where there is no git.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Arch, LAUNCHER_PROGRAMS, packageVersion } from './launcher.ts';
import { buildMsi, MSI_PROGRAMS } from './msi.ts';
import { ARCHS, packageFiles, printSize, replacePackage } from './package-windows.ts';
import { isInstalled } from './programs.ts';
import { sbom } from './sbom.ts';
import { sourceDate } from './source-date.ts';
import { writeWinget } from './winget.ts';
import { zipFolder } from './zip.ts';

const root = dirname(import.meta.dirname);
const release = join(root, 'release');
const SUMS = 'sha256sums.txt';

/** A package may lack what could not be made here; a release may not. */
async function expectWhole(folder: string, arch: Arch): Promise<void> {
  const found = (await readdir(folder)).toSorted().join();
  const expected = packageFiles(arch).join();
  if (found !== expected) throw new Error(`${folder} has ${found} instead of ${expected}`);
}

/** In the format that `sha256sum -c` reads. */
async function sums(files: readonly string[]): Promise<string> {
  const lines = files.map(async (file) => {
    const hash = createHash('sha256').update(await readFile(join(release, file)));
    return `${hash.digest('hex')}  ${file}\n`;
  });
  return (await Promise.all(lines)).join('');
}

const missing = ['wine', ...LAUNCHER_PROGRAMS, ...MSI_PROGRAMS].filter((program) => !isInstalled(program));
if (missing.length > 0) throw new Error(`a release needs ${missing.join(', ')}: run scripts/install-packages.sh`);
// Files in zip and MSI have times without a zone.
process.env.TZ = 'UTC';
const time = sourceDate();
const version = await packageVersion();
const name = `ras_exporter-${version}`;
await rm(release, { recursive: true, force: true });
await mkdir(release);

for (const arch of ARCHS) {
  const folder = join(release, `windows-${arch}`);
  const others = await replacePackage(folder, arch);
  await expectWhole(folder, arch);
  await zipFolder(folder, `${name}-windows-${arch}`, time, join(release, `${name}-windows-${arch}.zip`));
  // One for both: they are made of the same code.
  await writeFile(join(release, `${name}-sbom.cdx.json`), await sbom(version, others, time));
}
const msi = join(release, `${name}-windows-amd64.msi`);
await buildMsi(join(release, 'windows-amd64'), version, msi);
await writeWinget(msi, version, join(release, 'winget'));
const entries = await readdir(release, { withFileTypes: true });
const files = entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
await writeFile(join(release, SUMS), await sums(files.toSorted()));
for (const file of [...files.toSorted(), SUMS]) printSize((await stat(join(release, file))).size, `release/${file}`);
