/** What this build is. */
import packageJson from '../package.json' with { type: 'json' };

/** Replaced by the bundler; absent when the sources run as they are. */
declare const REVISION_OF_BUILD: string | undefined;

export const VERSION = packageJson.version;

/** Short hash of the commit the bundle was made from; `unknown` when run from source. */
export const REVISION = typeof REVISION_OF_BUILD === 'string' ? REVISION_OF_BUILD : 'unknown';
