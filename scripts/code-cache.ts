/**
 * The exporter's code with what V8 made of it: with the functions of a start at hand in compiled form, a start takes three quarters
 * of the time.
 *
 * `app.cache` is an offer. It is made for one `app.js`, one version of Node.js and one set of V8 flags; wherever it does not fit
 * (another Node.js, `--max-old-space-size`, a damaged file, no file), `app.js` is compiled as ever.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { crc32 } from 'node:zlib';

/** In the folder of `ras_exporter.cjs`. */
export const APP = 'app.js';
export const CACHE = 'app.cache';

/** `app.js` is one function, whose `require` looks in the folder that it stands in. */
export const APP_BANNER = '(function (require) {';
export const APP_FOOTER = '})';
export type App = (require: NodeJS.Require) => void;

const CHECKSUM_BYTES = 4;

/**
 * Compiles `app.js` of a folder; it returns an `App` when it is run.
 *
 * @param filename what V8 calls it in traces, and writes into a cache
 */
export function compileApp(folder: string, filename = join(folder, APP)): Script {
  const source = readFileSync(join(folder, APP));
  // One byte per character: esbuild writes ASCII. As UTF-8 it would be searched for anything else first.
  return new Script(source.toString('latin1'), { filename, cachedData: readCache(join(folder, CACHE), source) });
}

/** What to write into `app.cache`. */
export function sealCache(cache: Buffer, source: Buffer): Buffer {
  const checksum = Buffer.alloc(CHECKSUM_BYTES);
  checksum.writeUInt32LE(checksumOf(cache, source));
  return Buffer.concat([cache, checksum]);
}

/** The cache of a file, if it is whole and was made from this source. */
function readCache(path: string, source: Buffer): Buffer | undefined {
  let sealed: Buffer;
  try {
    sealed = readFileSync(path);
  } catch {
    return undefined;
  }
  if (sealed.length <= CHECKSUM_BYTES) return undefined;
  const end = sealed.length - CHECKSUM_BYTES;
  const cache = sealed.subarray(0, end);
  return sealed.readUInt32LE(end) === checksumOf(cache, source) ? cache : undefined;
}

/**
 * V8 knows a source by its length only, and does not look whether the cache is damaged: it runs what is there, until it crashes.
 */
function checksumOf(cache: Buffer, source: Buffer): number {
  return crc32(cache, crc32(source, crc32(`${process.version} ${process.platform} ${process.arch}`)));
}
