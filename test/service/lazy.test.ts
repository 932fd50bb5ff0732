/** What only a service needs is loaded only for one; and what changes services, only by the commands that do. */
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { loadedBy } from '../support/loaded-by.ts';

const src = resolve(import.meta.dirname, '../../src');
const within = (folder: string, file: string) =>
  [...loadedBy(join(src, file))].filter((name) => name.startsWith(join(src, folder)));

it('a start at a prompt loads nothing of the service', () => {
  expect(within('commands/', 'main.ts')).toContain(join(src, 'commands/run.ts'));
  expect(within('service/', 'main.ts')).toEqual([]);
});

it('a service loads nothing that changes services', () => {
  expect(within('service/', 'service/run.ts')).toContain(join(src, 'service/connection.ts'));
  expect(within('service/manage/', 'service/run.ts')).toEqual([]);
});
