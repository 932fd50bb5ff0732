/** What of others is in the package, and under which licences: `THIRD-PARTY-NOTICES.txt`. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);

/** Something of others that is shipped. */
export interface ThirdParty {
  readonly name: string;
  readonly version: string;
  /** As an SPDX expression, if it says so. */
  readonly license: string | undefined;
  /** The text that has to go with it. */
  readonly text: string;
}

/** The folder of a package of npm that a file belongs to, relative to the root of the repository. */
function packageOf(file: string): string | undefined {
  return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
}

/**
 * The packages whose code is in a bundle, by name.
 *
 * @param files what `bundle` says that it is made of
 * @throws when one of them has no licence
 */
export async function bundledPackages(files: readonly string[]): Promise<readonly ThirdParty[]> {
  const folders = new Set(files.map(packageOf).filter((folder) => folder !== undefined));
  return Promise.all([...folders].toSorted().map((folder) => readPackage(join(root, folder))));
}

/**
 * What lies beside the bundle: koffi with the part that it is compiled with, and Node.js. Packages of Node.js for Windows come
 * without its licence; the one that runs this has it.
 */
export async function binaryPackages(nodeVersion: string): Promise<readonly ThirdParty[]> {
  const koffi = join(root, 'node_modules/koffi');
  const { version, license, text } = await readPackage(koffi);
  const addonApi = await readFile(join(koffi, 'vendor/node-addon-api/LICENSE.md'), 'utf8');
  const node = await readFile(join(dirname(process.execPath), '../LICENSE'), 'utf8');
  return [
    { name: 'koffi', version, license, text: `${text}\nnode-addon-api, a part of it:\n\n${addonApi}` },
    { name: 'Node.js', version: nodeVersion, license: undefined, text: node },
  ];
}

async function readPackage(folder: string): Promise<ThirdParty> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const files = (await readdir(folder)).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name)).toSorted();
  if (files.length === 0) throw new Error(`${manifest.name} has no file with its licence`);
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  return { name: manifest.name, version: manifest.version, license: manifest.license, text: texts.join('\n') };
}

const RULE = '='.repeat(80);

/** The text of `THIRD-PARTY-NOTICES.txt`, with the line ends of Windows. */
export function notices(parts: readonly ThirdParty[]): string {
  const head = 'ras_exporter contains the following software of others.\n';
  const sections = parts.map(({ name, version, license, text }) => {
    const title = license === undefined ? `${name} ${version}` : `${name} ${version} (${license})`;
    return `${RULE}\n${title}\n${RULE}\n\n${text.trim()}\n`;
  });
  return [head, ...sections].join('\n').replaceAll(/\r?\n/g, '\r\n');
}
