import { describe, expect, it } from 'vitest';
import { allCollectors } from '../../src/collectors/index.ts';
import { type Config, resolveConfig } from '../../src/config/config.ts';

describe('the collectors', () => {
  it('read what a reload may change when they collect, not when they are made', () => {
    const config = resolveConfig({}, {});
    const read: string[] = [];
    const watched = <K extends Exclude<keyof Config, 'otlp' | 'warnings'>>(section: K): Config[K] =>
      new Proxy<Config[K]>(
        { ...config[section] },
        {
          get: (target, name) => {
            read.push(`${section}.${String(name)}`);
            return Reflect.get(target, name);
          },
        },
      );
    allCollectors({
      ...config,
      connections: watched('connections'),
      phonebook: watched('phonebook'),
      projection: watched('projection'),
    });
    expect(read).toEqual([]);
  });
});
