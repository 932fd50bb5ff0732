/** The dashboards as files: made by the code beside them, and whole. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dashboardFiles } from '../../dashboards/src/write.ts';
import { type Panel, readDashboardFile, readDashboards } from '../support/dashboards.ts';

const root = resolve(import.meta.dirname, '../..');
const dashboards = readDashboards();
const repository = 'https://github.com/ras-exporter/ras_exporter/blob/main/';

/** Every URL in a dashboard, of its own links and of those on values. */
function urlsOf(file: string): string[] {
  return [...readDashboardFile(file).matchAll(/"url": "([^"]+)"/g)].map(([, url = '']) => url);
}

describe('the files of the dashboards', () => {
  it('are those that the code makes (npm run dashboards)', () => {
    const files = dashboardFiles();
    expect([...dashboards.keys()].toSorted()).toEqual(Object.keys(files).toSorted());
    for (const [name, text] of Object.entries(files)) expect(readDashboardFile(name), name).toBe(text);
  });

  it('have the names and addresses that bookmarks know', () => {
    const names = [...dashboards.values()].map(({ uid, title }) => `${uid}: ${title}`);
    expect(names.toSorted()).toEqual([
      'ras-connection: RAS / Connection',
      'ras-exporter: RAS / Exporter',
      'ras-fleet: RAS / Fleet',
    ]);
  });
});

describe.each([...dashboards])('dashboards/%s', (file, { uid, panels, templating, links, annotations }) => {
  it('asks for data source, job, instance, and where it matters the entry', () => {
    const entry = uid === 'ras-exporter' ? [] : ['entry'];
    expect(templating.list.map(({ name }) => name)).toEqual(['datasource', 'job', 'instance', ...entry]);
  });

  it('has panels that can be told apart', () => {
    expect(panels.map(({ id }) => id)).toEqual(panels.map((_, index) => index + 1));
    for (const kind of ['row', 'panel']) {
      const titles = panels.filter(({ type }) => (type === 'row') === (kind === 'row')).map(({ title }) => title);
      // A picture and its number may share a title.
      expect(titles.length - new Set(titles).size, kind).toBe(0);
    }
  });

  it('has queries that transformations and columns can name', () => {
    for (const { title, targets = [] } of panels) {
      expect(targets.map(({ refId }) => refId).join(''), title).toBe('ABCDEF'.slice(0, targets.length));
    }
  });

  it('joins rows by labels only: a name of a metric would keep them apart', () => {
    for (const { title, targets = [], transformations = [] } of panels) {
      if (!transformations.some(({ id }) => id === 'merge')) continue;
      for (const { expr } of targets)
        expect(expr, title).toMatch(/^(topk\(\d+, )?(max|sum|count) by \(job|^(count|sum) by /);
    }
  });

  it('shows labels in tables as text: Grafana would make 13.8 K of 13801', () => {
    for (const { title, type, fieldConfig } of panels) {
      if (type !== 'table') continue;
      for (const { matcher, properties } of fieldConfig?.overrides ?? []) {
        const unit = properties.find(({ id }) => id === 'unit')?.value;
        if (!matcher.options.startsWith('Value')) expect(unit, `${title}: ${matcher.options}`).toBe('string');
      }
    }
  });

  it('has panels side by side, none over another, and rows that are full', () => {
    const cells = new Set<string>();
    for (const { title, gridPos } of panels) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        expect(x, title).toBeLessThan(24);
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect(cells, title).not.toContain(`${x},${y}`);
          cells.add(`${x},${y}`);
        }
      }
    }
    const bottom = Math.max(...panels.map(({ gridPos }) => gridPos.y + gridPos.h));
    expect(cells.size).toBe(24 * bottom);
  });

  it('leads to dashboards and pages that exist', () => {
    const urls = urlsOf(file);
    expect(urls.length).toBeGreaterThan(0);
    for (const url of urls) {
      if (url.startsWith(repository)) {
        const [path = ''] = url.slice(repository.length).split('#');
        expect(existsSync(resolve(root, path)), url).toBe(true);
      } else {
        const [, target] = /^\/d\/([a-z-]+)\?\$\{datasource:queryparam\}&var-job=/.exec(url) ?? [];
        expect(
          [...dashboards.values()].map((dashboard) => dashboard.uid),
          url,
        ).toContain(target);
      }
    }
  });

  it('says a word where there is nothing to show, in no colour of good or bad', () => {
    const neutral = { type: 'special', options: { match: 'null', result: { color: 'text' } } };
    for (const { type, title, fieldConfig } of panels.filter((panel) => panel.type !== 'row')) {
      expect(fieldConfig?.defaults.noValue ?? '', title).toMatch(/^[A-Z]/);
      if (['stat', 'bargauge'].includes(type)) expect(fieldConfig?.defaults.mappings, title).toContainEqual(neutral);
    }
  });

  it('colours in tables what has a reason to be coloured, and lets nothing be green by default', () => {
    for (const { title, type, fieldConfig } of panels) {
      if (type !== 'table') continue;
      for (const { properties } of fieldConfig?.overrides ?? []) {
        if (!properties.some(({ id }) => id === 'custom.cellOptions')) continue;
        const base = { steps: expect.arrayContaining([{ value: null, color: 'text' }]) };
        expect(properties.find(({ id }) => id === 'thresholds')?.value, title).toMatchObject(base);
      }
    }
  });

  it('leaves cells of tables empty that have no value', () => {
    for (const { title, type, fieldConfig } of panels) {
      if (type !== 'table') continue;
      for (const { properties } of fieldConfig?.overrides ?? [])
        expect(properties, title).toContainEqual({ id: 'noValue', value: '' });
    }
  });

  it('shows its links and marks instead of hiding them in a menu', () => {
    expect(links).toHaveLength(2);
    expect(JSON.stringify([links, annotations])).not.toContain('placement');
  });

  it('explains every error code one click away', () => {
    const page = `${repository}docs/errors.md#`;
    for (const panel of panels.filter(showsCodes)) expect(linksOf(panel), panel.title).toContain(page);
  });
});

it('explains the error of a connection in RAS / Fleet one click away', () => {
  const down = dashboards.get('fleet.json')?.panels.find(({ title }) => title.endsWith('should be up and are down'));
  const column = down?.fieldConfig?.overrides.find(({ properties }) =>
    properties.some(({ value }) => value === 'Error now'),
  );
  expect(JSON.stringify(column?.properties)).toMatch(/docs\/errors\.md#\$\{__value\.raw\}/);
});

function showsCodes({ targets = [], fieldConfig }: Panel): boolean {
  const shown = JSON.stringify([targets, fieldConfig?.overrides]);
  return /\{\{(error|reason)_code\}\}|"options":"error_code"|_error_code\{/.test(shown);
}

function linksOf({ fieldConfig }: Panel): string {
  return JSON.stringify([fieldConfig?.defaults.links, fieldConfig?.overrides]);
}

describe('the page about error codes', () => {
  it('has an anchor for each code, spelled as the label that links end in', () => {
    const page = readFileSync(resolve(root, 'docs/errors.md'), 'utf8');
    const codes = [...page.matchAll(/^### (\S+)$/gm)].map(([, code = '']) => code);
    expect(codes).toContain('809');
    expect(codes).toContain('0x800B0109');
    // The anchor of a heading is in lower case.
    for (const code of codes)
      if (code !== code.toLowerCase()) expect(page).toContain(`<a id="${code}"></a>\n\n### ${code}\n`);
  });
});
