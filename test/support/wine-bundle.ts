/** Modules of the exporter as one script for node.exe on Wine, with koffi for Windows beside it. */
import { createHash } from 'node:crypto';
import { link, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { buildOnce } from '../../scripts/build-once.ts';
import { windowsModules } from '../../scripts/package-windows.ts';

const root = resolve(import.meta.dirname, '../..');

const koffiBeside: Plugin = {
  name: 'koffi-beside',
  setup({ onResolve }) {
    onResolve({ filter: /^koffi$/ }, () => ({ path: './koffi.node', external: true }));
  },
};

/** @returns the path of the script, for `runScriptOnWine` */
export async function bundleForWine(entry: string): Promise<string> {
  const { koffi } = await windowsModules();
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    // `import()` of a .node file does not work in Node 22, `require` does.
    supported: { 'dynamic-import': false },
    plugins: [koffiBeside],
    outfile: `${basename(entry, '.ts')}.cjs`,
  });
  const [file] = outputFiles;
  if (file === undefined) throw new Error(`esbuild made nothing of ${entry}`);
  const hash = createHash('sha256')
    .update(file.contents)
    .update(await readFile(koffi));
  const folder = join(root, 'build/wine-scripts', hash.digest('hex').slice(0, 16));
  await buildOnce(folder, async (draft) => {
    await mkdir(draft, { recursive: true });
    await writeFile(join(draft, basename(file.path)), file.contents);
    await link(koffi, join(draft, 'koffi.node'));
  });
  return join(folder, basename(file.path));
}
