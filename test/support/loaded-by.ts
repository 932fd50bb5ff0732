/** What a module of the sources loads. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Everything that a file imports when it is loaded, itself and through others; types are gone by then. */
export function loadedBy(file: string, loaded = new Set<string>()): ReadonlySet<string> {
  if (loaded.has(file)) return loaded;
  loaded.add(file);
  for (const [, what = '', from = ''] of readFileSync(file, 'utf8').matchAll(
    /^(?:import|export) ([^;']*?)from '([^']+)';$/gm,
  )) {
    if (what.startsWith('type ')) continue;
    if (from.startsWith('.')) loadedBy(join(dirname(file), from), loaded);
    else loaded.add(from);
  }
  return loaded;
}
