/** What this build is. */
import packageJson from '../package.json' with { type: 'json' };

/** Replaced by the bundler; absent when the sources run as they are. */
declare const __REVISION__: string | undefined;

export const VERSION = packageJson.version;

/** Short hash of the commit the bundle was made from; `unknown` when run from source. */
export const REVISION = typeof __REVISION__ === 'string' ? __REVISION__ : 'unknown';
