/**
 * `npm run bundle`: the exporter in `build`, as one file of code, which starts faster and takes less memory than the modules that
 * it is made of. `ras_exporter.cjs` starts it, `app.js` is the code, and `app.cache` what V8 has compiled of it (code-cache.ts).
 *
 * koffi stays outside: `import('koffi')` becomes a `require` of `koffi.node` beside the bundle. koffi's own loader would also
 * look for it in folders above the bundle, and on Windows whoever may write there (`C:\` lets every user make folders) could
 * have a file of theirs loaded by a service.
 *
 * What pushes over OTLP is in files of its own, so that nobody else has to read it: `otlp.cjs`, and `otlp-grpc.cjs` for gRPC.
 */
import { execFile, execFileSync } from 'node:child_process';
import { copyFile, mkdir, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { APP, APP_BANNER, APP_FOOTER, CACHE } from './code-cache.ts';

const root = dirname(import.meta.dirname);

const koffiBesideTheBundle: Plugin = {
  name: 'koffi-beside-the-bundle',
  setup({ onResolve }) {
    onResolve({ filter: /^koffi$/ }, () => ({ path: './koffi.node', external: true }));
  },
};

/** Modules that are loaded only where they are wanted → the file that they are bundled into. */
const FILES_OF_THEIR_OWN: Readonly<Record<string, string>> = {
  '../outputs/otlp/push.ts': 'otlp.cjs',
  './grpc.ts': 'otlp-grpc.cjs',
};

const filesOfTheirOwn: Plugin = {
  name: 'files-of-their-own',
  setup({ onResolve }) {
    onResolve({ filter: /\.ts$/ }, ({ path, kind }) => {
      const file = FILES_OF_THEIR_OWN[path];
      return kind === 'dynamic-import' && file !== undefined ? { path: `./${file}`, external: true } : undefined;
    });
  },
};

/** As a module of the newer kind it makes a `require` of its own, which finds nothing in a bundle. */
const grpcAsRequired: Plugin = {
  name: 'grpc-as-required',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^@opentelemetry\/otlp-grpc-exporter-base$/ }, ({ path, resolveDir, kind }) =>
      kind === 'require-call' ? undefined : resolve(path, { resolveDir, kind: 'require-call' }),
    );
  },
};

/**
 * Parts of libraries that the exporter never comes to, and that would be half of what it loads: readers of request bodies and
 * files (express), the table of a thousand media types of which three are answered, what prom-client offers beside counters,
 * gauges and registries, the log of express's developers, its templates, programs as commands (commander), and what reads protocol
 * files (gRPC).
 */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'body-parser': 'module.exports = {};',
  debug: 'const none = () => {}; none.enabled = false; module.exports = () => none;',
  'mime-db': `module.exports = ${JSON.stringify({
    'application/json': { charset: 'UTF-8', extensions: ['json'] },
    'text/html': { charset: 'UTF-8', extensions: ['html'] },
    'text/plain': { charset: 'UTF-8', extensions: ['txt'] },
  })};`,
  'node:child_process': 'module.exports = {};',
  qs: 'module.exports = {};',
  send: 'module.exports = {};',
  'serve-static': 'module.exports = {};',
  './lib/cluster': 'module.exports = class {};',
  './lib/defaultMetrics': 'module.exports = () => {};',
  './lib/metricAggregators': 'module.exports = {};',
  './lib/pushgateway': 'module.exports = class {};',
  './lib/summary': 'module.exports = class {};',
  '@grpc/proto-loader': 'module.exports = {};',
  './view': 'module.exports = class {};',
};

/**
 * The thread has its code as a text in the bundle: there is no other file that somebody could put in its place.
 *
 * @param built is told what that code was made of
 */
const threadInTheBundle = (built: (metafile: Metafile) => void): Plugin => ({
  name: 'thread-in-the-bundle',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]hashing-thread\.ts$/ }, async ({ path }) => {
      const entry = join(dirname(path), 'hashing.ts');
      const { outputFiles, metafile } = await build({ ...CODE, entryPoints: [entry], write: false, minify: true });
      built(metafile);
      const code = JSON.stringify(outputFiles[0]?.text);
      const contents = `import { Worker } from 'node:worker_threads';
        export const startHashingThread = () => new Worker(${code}, { eval: true, execArgv: [], name: 'hashing' });`;
      return { contents, loader: 'js' };
    });
  },
});

const leftOut: Plugin = {
  name: 'left-out',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /./ }, ({ path, importer }) =>
      path in LEFT_OUT && importer.includes('node_modules') ? { path, namespace: 'left-out' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'left-out' }, ({ path }) => ({ contents: LEFT_OUT[path] ?? '', loader: 'js' }));
  },
};

/**
 * What the bundle says about its origin: `REVISION` in the environment (a build without git), or the commit, in a length that is
 * the same in every clone.
 */
function revision(): string {
  if (process.env.REVISION) return process.env.REVISION;
  try {
    const options = { cwd: root, encoding: 'utf8', stdio: 'pipe' } as const;
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], options).trim();
  } catch {
    return 'unknown';
  }
}

const CODE = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  // `import()` of a .node file does not work in Node 22, `require` does.
  supported: { 'dynamic-import': false },
  // Starts faster and takes less memory; so does not `minifySyntax`, which has functions compiled that are never called.
  minifyWhitespace: true,
  logLevel: 'warning',
  metafile: true,
} as const satisfies BuildOptions;

/**
 * Bundles `src/main.ts` into a folder, as `ras_exporter.cjs`, `app.js` and those for OTLP; `koffi.node` has to be put beside
 * them.
 *
 * @returns paths of the files whose code is in the bundle, relative to the root of the repository
 * @throws when esbuild has anything to complain about, be it a warning
 */
export async function bundle(folder: string): Promise<readonly string[]> {
  const built: Metafile[] = [];
  const results = [
    await build({
      ...CODE,
      entryPoints: ['src/main.ts'],
      outfile: join(folder, APP),
      banner: { js: APP_BANNER },
      footer: { js: APP_FOOTER },
      plugins: [koffiBesideTheBundle, threadInTheBundle((thread) => built.push(thread)), filesOfTheirOwn, leftOut],
      define: { REVISION_OF_BUILD: JSON.stringify(revision()) },
    }),
    await build({
      ...CODE,
      entryPoints: { otlp: 'src/outputs/otlp/push.ts', 'otlp-grpc': 'src/outputs/otlp/grpc.ts' },
      outdir: folder,
      outExtension: { '.js': '.cjs' },
      plugins: [grpcAsRequired, filesOfTheirOwn, leftOut],
    }),
    await build({ ...CODE, entryPoints: ['scripts/start.ts'], outfile: join(folder, 'ras_exporter.cjs') }),
  ];
  if (results.some(({ warnings }) => warnings.length > 0)) throw new Error('esbuild warned');
  for (const { metafile } of results) built.push(metafile);
  return [...new Set(built.flatMap(filesInOutput))].toSorted();
}

/** What was read and then left out, since nothing of it is called, is not among them. */
function filesInOutput({ outputs }: Metafile): string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  return inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => file);
}

/** Milliseconds that recording a cache may take: it needs one or two seconds. */
export const RECORD_TIMEOUT_MS = 60_000;

/**
 * V8 keeps tables of names that are ordered by a random number, and writes them into the cache as they are. With this option the
 * same code makes the same cache; it is not among those that a cache is bound to.
 */
const RECORD_OPTIONS = ['--random-seed=1'];

/**
 * Functions are numbered in the order in which they are first called, and calls into Windows return in any order, unless one thread
 * makes them all.
 */
export const RECORD_ENV = { UV_THREADPOOL_SIZE: '1' };

/**
 * Makes `app.cache` in a folder with a bundle. Without it the exporter starts all the same, only slower.
 *
 * @param run runs a script with the Node.js that will run the bundle, with these options for it, to its end
 */
export async function recordCache(folder: string, run = runHere): Promise<void> {
  const script = join(folder, 'record-cache.cjs');
  const cache = join(folder, CACHE);
  await rm(cache, { force: true });
  await build({ ...CODE, entryPoints: ['scripts/record-cache.ts'], outfile: script });
  try {
    await run(script, RECORD_OPTIONS);
    await stat(cache);
  } finally {
    await rm(script, { force: true });
  }
}

async function runHere(script: string, options: readonly string[]): Promise<void> {
  // Nothing else from the environment: NODE_OPTIONS may hold V8 flags, and a cache is for those that it was made with.
  const env = { ...RECORD_ENV, SystemRoot: process.env.SystemRoot };
  await promisify(execFile)(process.execPath, [...options, script], { env, timeout: RECORD_TIMEOUT_MS });
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
  await bundle(folder);
  await copyFile(koffiOfThisMachine(), join(folder, 'koffi.node'));
  await recordCache(folder);
}
