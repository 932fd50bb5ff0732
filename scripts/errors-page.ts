/**
 * The table of all codes at the end of `docs/errors.md`, from the table in the code. Every code that a panel can show has an anchor on
 * that page in the spelling of labels, and as the decimal number that values are: dashboards link to both. GitHub keeps the id of an
 * `<a>` (as `user-content-…`, where its links look for it), in the case that it is written in.
 */
import { ERROR_TABLE } from '../src/ras/error-table.ts';
import { describeError } from '../src/ras/errors.ts';

/** A page with the part between its markers replaced. */
export function withErrors(page: string): string {
  return page.replace(
    /(<!-- codes -->\n)[\s\S]*?(\n<!-- end of codes -->)/,
    (_, head: string, tail: string) => head + errorsTable(sectionsOf(page)) + tail,
  );
}

/** The codes that have a section of their own. */
function sectionsOf(page: string): ReadonlySet<string> {
  return new Set([...page.matchAll(/^### (\S+)$/gm)].map(([, code = '']) => code));
}

function errorsTable(sections: ReadonlySet<string>): string {
  const rows = ERROR_TABLE.map(([number]) => {
    const { code, name, category, note } = describeError(number);
    const shown = sections.has(code) ? `[${code}](#${code.toLowerCase()})` : `${anchors(code, number)}${code}`;
    return `| ${shown} | \`${name}\` | ${category} | ${note} |`;
  });
  return ['| code | name | category | |', '|---|---|---|---|', ...rows].join('\n');
}

function anchors(code: string, number: number): string {
  return [...new Set([code, String(number)])].map((id) => `<a id="${id}"></a>`).join('');
}
