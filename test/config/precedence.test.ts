/** Flag before environment before file before default, for every flag there is. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../src/config/command-line.ts';
import { environmentVariable, FLAGS, type Flag, type FlagName } from '../../src/config/flags.ts';
import { loadConfig } from '../../src/config/load.ts';

const folder = mkdtempSync(join(tmpdir(), 'ras-precedence-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Values that a flag may have, each meaning something else. */
function valuesOf({ name, value }: Flag): readonly string[] {
  if (value === undefined) return ['true', 'false'];
  switch (name) {
    case 'web.listen-address':
      return [':1', '127.0.0.1:2', '[::1]:3'];
    case 'log.level':
      return ['debug', 'warn', 'error'];
    case 'log.format':
      return ['logfmt', 'json'];
    case 'otlp.endpoint':
      return ['http://a.example:1', 'http://b.example:2', 'https://c.example:3'];
    case 'otlp.protocol':
      return ['http/protobuf', 'http/json', 'grpc'];
    case 'otlp.headers':
      return ['a=1', 'a=2', 'b=3'];
    case 'ras.api':
      return ['auto', 'rasapi32', 'simulated'];
    default:
      break;
  }
  switch (value) {
    case 'path':
      return ['/a', '/b', '/c'];
    case 'number':
      return ['1', '2', '3'];
    case 'duration':
    case 'start':
      return ['1s', '2s', '3s'];
    default:
      return ['one', 'two', 'three'];
  }
}

/** What makes a flag matter that says how something is done. */
function beside(name: FlagName): Readonly<Record<string, string>> {
  const needsOtlp = name.startsWith('otlp.') && name !== 'otlp.enabled';
  return needsOtlp ? { [environmentVariable('otlp.enabled')]: 'true' } : {};
}

const inFile = (FLAGS as readonly (Flag & { readonly name: FlagName })[]).filter((flag) => flag.inFile !== false);
const values = (flag: Flag) => fc.option(fc.constantFrom(...valuesOf(flag)), { nil: undefined });

describe('every flag', () => {
  it.each(inFile.map((flag) => [flag.name, flag] as const))(
    '%s: flag, environment, file, default',
    async (name, flag) => {
      const file = join(folder, `${name}.yml`);
      await fc.assert(
        fc.asyncProperty(
          values(flag),
          values(flag),
          values(flag),
          fc.boolean(),
          async (byFlag, byVariable, byFile, nested) => {
            const parts = name.split('.');
            const key = nested ? `{ ${parts.join(': { ')}: ` : `{ ${name}: `;
            const text = flag.value === undefined ? byFile : JSON.stringify(byFile);
            writeFileSync(file, byFile === undefined ? '' : key + text + ' }'.repeat(nested ? parts.length : 1));
            const invocation = parseCommandLine([
              `--config.file=${file}`,
              ...(byFlag === undefined ? [] : [`--${name}=${byFlag}`]),
            ]);
            if (invocation.command !== 'run') throw new Error(invocation.command);
            const variable = byVariable === undefined ? {} : { [environmentVariable(name)]: byVariable };
            const environment = { ...beside(name), ...variable };
            const { config } = await loadConfig({ flags: invocation.flags, environment });
            const expected = byFlag ?? byVariable ?? byFile;
            const only = expected === undefined ? {} : { [environmentVariable(name)]: expected };
            const alone = { ...beside(name), ...only };
            expect(config).toEqual((await loadConfig({ flags: {}, environment: alone })).config);
          },
        ),
        { numRuns: 25 },
      );
    },
  );

  it('means something else with each of these values', async () => {
    for (const flag of inFile) {
      const configs = new Set<string>();
      for (const value of valuesOf(flag)) {
        const environment = { ...beside(flag.name), [environmentVariable(flag.name)]: value };
        const { config } = await loadConfig({ flags: {}, environment });
        configs.add(JSON.stringify(config, (_, part: unknown) => (part instanceof RegExp ? part.source : part)));
      }
      expect(configs.size, flag.name).toBe(valuesOf(flag).length);
    }
  });
});
