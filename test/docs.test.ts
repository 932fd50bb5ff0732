/** The documentation against the code. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { declaredMetrics, flagsTable, metricsPage } from '../scripts/docs.ts';
import { allCollectors } from '../src/collectors/index.ts';
import { resolveConfig } from '../src/config/config.ts';
import { VERSION } from '../src/version.ts';

const root = join(import.meta.dirname, '..');
const read = (...path: readonly string[]) => readFileSync(join(root, ...path), 'utf8');
const pages = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

describe('the documentation', () => {
  it('lists the metrics that the code declares (npm run docs)', () => {
    expect(read('docs', 'metrics.md')).toBe(metricsPage());
  });

  it('lists the flags that the code knows (npm run docs)', () => {
    expect(read('docs', 'configuration.md')).toContain(`<!-- flags -->\n${flagsTable()}\n<!-- end of flags -->`);
  });

  it('has a page for every collector', () => {
    for (const { name } of allCollectors(resolveConfig({}, {})))
      expect(read('docs', 'collectors', `${name}.md`)).toContain(`# Collector \`${name}\``);
  });

  it('names every collector in the README, with a link to its page', () => {
    for (const { name } of allCollectors(resolveConfig({}, {})))
      expect(read('README.md')).toContain(`[\`${name}\`](docs/collectors/${name}.md)`);
  });

  it('has links that lead somewhere', () => {
    for (const page of pages) {
      for (const [, target = ''] of read(page).matchAll(/\]\(([^)#]+)[^)]*\)/g)) {
        if (/^https?:/.test(target)) continue;
        expect(() => readFileSync(join(root, page, '..', target)), `${page} → ${target}`).not.toThrow(/ENOENT/);
      }
    }
  });

  it('names only metrics that exist', () => {
    const names = new Set(
      declaredMetrics().flatMap(({ metrics }) =>
        metrics.flatMap(({ name, kind }) => [
          name,
          ...(kind === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => name + part) : []),
        ]),
      ),
    );
    for (const page of pages) {
      for (const [word] of read(page).matchAll(/\bras_[a-z0-9_]+(?=[`{ \][)])/g)) {
        if (/^ras_exporter$/.test(word) || word.endsWith('_')) continue;
        expect(names, `${page}: ${word}`).toContain(word);
      }
    }
  });

  it('has a changelog that speaks of this version', () => {
    expect(read('CHANGELOG.md')).toContain(`## ${VERSION}`);
  });
});

describe('every declared metric', () => {
  const all = declaredMetrics().flatMap(({ metrics }) => metrics);

  it('has a name of its own', () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  it.each(all.map((metric) => [metric.name, metric] as const))(
    '%s follows the rules of naming',
    (name, { kind, labelNames, help, unit }) => {
      expect(name).toMatch(/^(ras|process|nodejs)_[a-z0-9_]+$/);
      expect(name.endsWith('_total')).toBe(kind === 'counter');
      expect(name.endsWith('_info')).toBe(kind === 'info');
      if (unit === 's') expect(name).toContain('_seconds');
      if (unit === 'By') expect(name).toContain('_bytes');
      expect(unit).not.toBe('1');
      expect(help).toMatch(/^[A-Z].*\.$/);
      for (const label of labelNames) {
        expect(label).toMatch(/^[a-z][a-z0-9_]*$/);
        expect(['job', 'instance', 'le', 'quantile', 'type', 'stage', 'owner', 'env', 'service']).not.toContain(label);
      }
    },
  );
});
