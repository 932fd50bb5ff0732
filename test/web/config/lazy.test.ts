/** What only a web configuration needs is loaded only when there is one: TLS, YAML, bcrypt, threads. */
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { loadedBy } from '../../support/loaded-by.ts';

const src = resolve(import.meta.dirname, '../../../src');

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
