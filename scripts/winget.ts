/**
 * `npm run winget`: `release/winget`, the manifest for winget's repository, of the MSI that `npm run msi` has built.
 *
 * `installer/winget` holds the three files of a manifest, with `$VERSION`, `$DATE`, `$SHA256` and `$PRODUCT_CODE` to be filled in.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { packageVersion } from './launcher.ts';
import { productCode } from './msi.ts';
import { sourceDate } from './source-date.ts';

const root = dirname(import.meta.dirname);
const templates = join(root, 'installer/winget');

/** Writes the manifest of an MSI into `folder`, in the place of an older one. */
export async function writeWinget(msi: string, version: string, folder: string): Promise<void> {
  const values: Readonly<Record<string, string>> = {
    VERSION: version,
    DATE: sourceDate().toISOString().slice(0, 10),
    SHA256: createHash('sha256')
      .update(await readFile(msi))
      .digest('hex')
      .toUpperCase(),
    PRODUCT_CODE: productCode(version).toUpperCase(),
  };
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(templates)) {
    const template = await readFile(join(templates, name), 'utf8');
    const filled = template.replaceAll(/\$([A-Z][A-Z_\d]+)/g, (mark, key: string) => values[key] ?? mark);
    await writeFile(join(folder, name), filled);
  }
}

if (process.argv[1] === import.meta.filename) {
  const version = await packageVersion();
  const msi = join(root, `release/ras_exporter-${version}-windows-amd64.msi`);
  await writeWinget(msi, version, join(root, 'release/winget'));
  console.log('release/winget');
}
