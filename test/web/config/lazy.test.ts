/** What only a web configuration needs is loaded only when there is one: TLS, YAML, bcrypt, threads. */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const src = resolve(import.meta.dirname, '../../../src');

/** Everything that a file imports when it is loaded, itself and through others; types are gone by then. */
function loadedBy(file: string, loaded = new Set<string>()): ReadonlySet<string> {
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

it('a start without a web configuration loads nothing of it', () => {
  const loaded = [...loadedBy(join(src, 'main.ts'))];
  expect(loaded).toContain(join(src, 'web/listen.ts'));
  expect(loaded.filter((name) => name.startsWith(join(src, 'web/config/')))).toEqual([]);
  for (const name of ['bcryptjs', 'yaml', 'node:tls', 'node:worker_threads', 'node:https'])
    expect(loaded).not.toContain(name);
});

it('the thread for passwords loads bcrypt and nothing of the exporter', () => {
  const file = join(src, 'web/config/hashing.ts');
  expect([...loadedBy(file)]).toEqual([file, 'node:worker_threads', 'bcryptjs']);
});
