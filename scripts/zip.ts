/** Zip files whose bytes depend on nothing but what is put in. */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

/**
 * Packs the files of a folder, which has none below it.
 *
 * @param prefix the folder that they come out in
 * @param modified of every file. A zip file has times without a zone: they are those of the zone that this process is in
 */
export async function zipFolder(folder: string, prefix: string, modified: Date, outFile: string): Promise<void> {
  const zip = new ZipFile();
  const failed = once(zip, 'error').then(([error]) => Promise.reject(error));
  const options = { mtime: modified, mode: 0o100644, forceDosTimestamp: true, compressionLevel: 9 };
  for (const name of (await readdir(folder)).toSorted()) zip.addFile(join(folder, name), `${prefix}/${name}`, options);
  zip.end();
  await Promise.race([pipeline(zip.outputStream, createWriteStream(outFile)), failed]);
}
