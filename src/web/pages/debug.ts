/** `/debug/scrape`: one collection step by step, as a page for browsers and as text for everybody else. */
import stringWidth from 'string-width';
import type { CollectorResult } from '../../collectors/run.ts';
import type { Trace, TracedCall, TracedNote } from '../../collectors/trace.ts';
import type { RasApiName } from '../../ras/api.ts';
import { printable } from '../../text/printable.ts';
import { type Html, html } from './html.ts';
import type { Page } from './page.ts';

/** What the page shows. */
export interface DebugScrape {
  readonly api: RasApiName;
  readonly results: readonly CollectorResult[];
  readonly trace: Trace;
  /** Unix time in milliseconds. */
  readonly now: number;
}

/** A table: its caption, the names of its columns, and its rows; the first column names the row. */
interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** More than anybody reads; a machine with a thousand connections makes some thousands of calls. */
const MOST_ROWS = 1000;

export function debugPage(debug: DebugScrape): Page {
  return {
    title: 'ras_exporter: a collection, step by step',
    notices: [],
    body: html`<h1>A collection, step by step</h1>
<p class="dim">${introduction(debug)}</p>
${tablesOf(debug).map(htmlTable)}
<nav aria-label="Pages"><ul><li><a href="/">Connections</a></li></ul></nav>`,
  };
}

export function debugText(debug: DebugScrape): string {
  return `${[introduction(debug), ...tablesOf(debug).map(textTable)].join('\n\n')}\n`;
}

function introduction({ api, now }: DebugScrape): string {
  const time = new Date(now).toISOString().replace('T', ' ').slice(0, 19);
  return `API: ${api}. Collected for this page at ${time} UTC. Calls that other scrapes had begun are not listed.`;
}

function tablesOf({ results, trace }: DebugScrape): Table[] {
  return [
    { title: 'Collectors', columns: ['Collector', 'Result', 'Took', 'Missing'], rows: results.map(collectorRow) },
    {
      title: 'Connections and entries',
      columns: ['Entry', 'Phone book', 'Why it appears as it does'],
      rows: trace.notes.map(({ entry, phonebook, text }: TracedNote) => [entry, phonebook, text]),
    },
    { title: 'Calls', columns: ['Call', 'About', 'Began after', 'Took', 'Answer'], rows: trace.calls.map(callRow) },
  ];
}

function collectorRow({ collector, problems, timedOut, seconds }: CollectorResult): string[] {
  const result = problems.length === 0 ? 'complete' : timedOut ? 'timed out' : 'incomplete';
  const messages = [...new Set(problems.map(({ message }) => message))];
  return [collector, result, milliseconds(1000 * seconds), messages.join('; ')];
}

function callRow({ function: name, about, at, took, outcome }: TracedCall): string[] {
  return [name, about, milliseconds(at), took === undefined ? '' : milliseconds(took), outcome];
}

function milliseconds(value: number): string {
  return `${value.toFixed(1)} ms`;
}

function htmlTable({ title, columns, rows }: Table): Html {
  if (rows.length === 0) return html`<h2>${title}</h2>\n<p>None.</p>\n`;
  return html`<h2>${title}</h2>
<table>
<thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>
${rows.slice(0, MOST_ROWS).map(([first = '', ...rest]) => html`<tr><th scope="row">${first}</th>${rest.map((cell, index) => html`<td data-label="${columns[index + 1]}">${cell.replace(/ ms$/, '\u00a0ms')}</td>`)}</tr>\n`)}</tbody>
</table>
${rows.length > MOST_ROWS ? html`<p>${rows.length - MOST_ROWS} more.</p>` : undefined}`;
}

function textTable({ title, columns, rows }: Table): string {
  if (rows.length === 0) return `${title}: none.`;
  const cells = [columns, ...rows.slice(0, MOST_ROWS)].map((row) => row.map(printable));
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => stringWidth(row[column] ?? ''))));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - stringWidth(cell)))
      .join('  ')
      .trimEnd(),
  );
  const more = rows.length > MOST_ROWS ? [`${rows.length - MOST_ROWS} more.`] : [];
  return [title, ...lines, ...more].join('\n');
}
