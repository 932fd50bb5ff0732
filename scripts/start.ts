/** Becomes `ras_exporter.cjs`, the file that Node.js is started with. */
import { type App, compileApp } from './code-cache.ts';

const app: App = compileApp(__dirname).runInThisContext();
app(require);
