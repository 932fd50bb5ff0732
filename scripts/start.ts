/** Becomes `ras_exporter.cjs`, the file that Node.js is started with. */
import { type App, compileApp } from './code-cache.ts';

const OLDEST_NODE = 22;

if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
  process.stderr.write(`ras_exporter: needs Node.js ${OLDEST_NODE} or later, not ${process.version}\n`);
  process.exitCode = 1;
} else {
  const app: App = compileApp(__dirname).runInThisContext();
  app(require);
}
