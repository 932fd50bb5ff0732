/**
 * `npm run bundle`: the exporter as one file, `build/ras_exporter.cjs`, which starts faster and takes less memory than the
 * modules that it is made of.
 *
 * koffi stays outside: `import('koffi')` becomes a `require` of `koffi.node` beside the bundle. koffi's own loader would also
 * look for it in folders above the bundle, and on Windows whoever may write there (`C:\` lets every user make folders) could
 * have a file of theirs loaded by a service.
 */
import { execFileSync } from 'node:child_process';
import { copyFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';

const root = dirname(import.meta.dirname);

const koffiBesideTheBundle: Plugin = {
  name: 'koffi-beside-the-bundle',
  setup({ onResolve }) {
    onResolve({ filter: /^koffi$/ }, () => ({ path: './koffi.node', external: true }));
  },
};

/**
 * Parts of libraries that the exporter never comes to, and that would be half of what it loads: readers of request bodies and
 * files (express), the table of a thousand media types of which three are answered, and what prom-client offers beside
 * counters, gauges and registries.
 */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'body-parser': 'module.exports = {};',
  'mime-db': `module.exports = ${JSON.stringify({
    'application/json': { charset: 'UTF-8', extensions: ['json'] },
    'text/html': { charset: 'UTF-8', extensions: ['html'] },
    'text/plain': { charset: 'UTF-8', extensions: ['txt'] },
  })};`,
  qs: 'module.exports = {};',
  send: 'module.exports = {};',
  'serve-static': 'module.exports = {};',
  './lib/cluster': 'module.exports = class {};',
  './lib/defaultMetrics': 'module.exports = () => {};',
  './lib/metricAggregators': 'module.exports = {};',
  './lib/pushgateway': 'module.exports = class {};',
  './lib/summary': 'module.exports = class {};',
};

const leftOut: Plugin = {
  name: 'left-out',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /./ }, ({ path, importer }) =>
      path in LEFT_OUT && importer.includes('node_modules') ? { path, namespace: 'left-out' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'left-out' }, ({ path }) => ({ contents: LEFT_OUT[path] ?? '', loader: 'js' }));
  },
};

/** What the bundle says about its origin: `REVISION` in the environment (a build without git), or the commit. */
function revision(): string {
  if (process.env.REVISION) return process.env.REVISION;
  try {
    const options = { cwd: root, encoding: 'utf8', stdio: 'pipe' } as const;
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], options).trim();
  } catch {
    return 'unknown';
  }
}

/**
 * Bundles `src/main.ts` into `outfile`.
 *
 * @throws when esbuild has anything to complain about, be it a warning
 */
export async function bundle(outfile: string): Promise<void> {
  const { warnings } = await build({
    absWorkingDir: root,
    entryPoints: ['src/main.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    // `import()` of a .node file does not work in Node 22, `require` does.
    supported: { 'dynamic-import': false },
    // Starts faster and takes less memory; so does not `minifySyntax`, which has functions compiled that are never called.
    minifyWhitespace: true,
    plugins: [koffiBesideTheBundle, leftOut],
    define: { REVISION_OF_BUILD: JSON.stringify(revision()) },
    logLevel: 'warning',
  });
  if (warnings.length > 0) throw new Error('esbuild warned');
}

/** The file of koffi that this machine loads. */
function koffiOfThisMachine(): string {
  const require = createRequire(import.meta.url);
  require('koffi');
  const file = Object.keys(require.cache).find((loaded) => loaded.endsWith('koffi.node'));
  if (file === undefined) throw new Error('koffi loaded no koffi.node');
  return file;
}

if (process.argv[1] === import.meta.filename) {
  const folder = join(root, 'build');
  await mkdir(folder, { recursive: true });
  await bundle(join(folder, 'ras_exporter.cjs'));
  await copyFile(koffiOfThisMachine(), join(folder, 'koffi.node'));
}
