/** `docs/errors.md` against the table of errors. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withErrors } from '../scripts/errors-page.ts';
import { ERROR_TABLE } from '../src/ras/error-table.ts';
import { describeError } from '../src/ras/errors.ts';

const page = readFileSync(join(import.meta.dirname, '..', 'docs', 'errors.md'), 'utf8');

/** As a page of GitHub names them. */
const anchors = [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));
/** Those that are written out, in the case that they are written in. */
const ids = [...page.matchAll(/<a id="([^"]+)"><\/a>/g)].map(([, id = '']) => id);
const sections = page.split(/^### /m).slice(1);

/** Codes that people meet: each has to be there. */
const WANTED =
  '619 628 629 631 633 640 645 651 678 691 692 718 720 721 734 741 742 756 766 768 778 781 786 789 791 792 793 798 800 806 807 ' +
  '809 812 828 829 868 13801 13806 13819 13843 13868 ' +
  '0x800B0109 0x800B0101 0x800B010F 0x80092013 0x80070040 0x80072746 0x8007274C';

const PLACES = ['dwError', 'event 20227', 'reason of event 20226', 'return value'];

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

describe('docs/errors.md', () => {
  it.each(WANTED.split(' '))('has a heading for %s that can be linked', (code) => {
    expect(sections.some((section) => section.startsWith(`${code}\n`))).toBe(true);
    expect(anchors).toContain(code.toLowerCase());
  });

  it('has every heading once, or a link would lead to the wrong one', () => {
    expect(new Set(anchors).size).toBe(anchors.length);
  });

  it('has links within the page that lead somewhere', () => {
    const links = [...page.matchAll(/\]\(#([^)]*)\)/g)].map(([, anchor]) => anchor);
    expect(links.length).toBeGreaterThan(5);
    for (const link of links) expect(anchors).toContain(link);
  });

  it('is what the table makes of it (npm run docs)', () => {
    expect(withErrors(page)).toBe(page);
    const [, table = ''] = page.split('\n## All codes\n');
    expect(table.match(/^\| .* \| `.*` \| .* \|$/gm)).toHaveLength(ERROR_TABLE.length);
  });

  it('has an anchor for every code that a panel can show, as a label or as a number', () => {
    const all = new Set([...anchors, ...ids]);
    const wanted = ERROR_TABLE.flatMap(([number]) => [describeError(number).code, String(number)]);
    expect([...wanted, '0', 'other'].filter((anchor) => !all.has(anchor))).toEqual([]);
    expect(all).toContain('2148204809');
  });

  it('has every anchor that is written out once', () => {
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(sections.map((section) => [section.split('\n', 1)[0] ?? '', section] as const))(
    'says of %s what the table says, where it shows, what it means and what to check',
    (heading, section) => {
      const { code, name, category } = describeError(Number(heading));
      expect(heading).toBe(code);
      expect(name).not.toBe('unknown');
      const [, shownName, shownCategory, places = ''] = /^`([^`]+)` · ([a-z-]+) · (.+)$/m.exec(section) ?? [];
      expect([shownName, shownCategory]).toEqual([name, category]);
      for (const place of places.split(', ')) expect(PLACES).toContain(place);
      expect(section).toMatch(/\n\n[A-Z][^\n]+[\s\S]*\n\n- /);
    },
  );
});
