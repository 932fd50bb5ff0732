/** `ras_exporter check`: one collection, as a table for people or JSON for programs. */
import stringWidth from 'string-width';
import { chooseCollectors } from '../collectors/choose.ts';
import { allCollectors } from '../collectors/index.ts';
import { type ConnectionOverview, overviewOf } from '../collectors/overview.ts';
import type { CollectorResult } from '../collectors/run.ts';
import { Scraper } from '../collectors/scrape.ts';
import type { Config } from '../config/config.ts';
import type { Family } from '../metrics/metric.ts';
import type { RasApi } from '../ras/api.ts';
import { RASMAN } from '../ras/service-manager.ts';
import type { Windows } from '../ras/windows.ts';
import { printable } from '../text/printable.ts';
import { scrapeTimeout } from '../web/timeout.ts';

/** What `check` prints, and whether everything could be read. */
export interface CheckResult {
  readonly text: string;
  readonly complete: boolean;
}

/** @throws ConfigError for collectors that do not exist */
export async function check(config: Config, windows: Windows, json: boolean): Promise<CheckResult> {
  const { ras } = windows;
  const scraper = new Scraper(windows, chooseCollectors(allCollectors(config), config.collectors));
  const timeout = scrapeTimeout(undefined, config.scrape.timeout, config.scrape.timeoutMargin);
  const { families, results } = await scraper.scrape(timeout);
  const isAsked = results.some(({ collector }) => collector === 'connections');
  const connections = isAsked ? await overviewOf(families, ras, timeout) : null;
  const complete = results.every(({ problems }) => problems.length === 0);
  const text = json
    ? `${JSON.stringify({ api: ras.name, connections, collectors: results.map(collectorSummary) }, undefined, 2)}\n`
    : table(ras, connections, results, serviceLine(families, results));
  return { text, complete };
}

/** Why there is no connection to show, in words; `undefined` when the services are not the reason. */
function serviceLine(families: readonly Family[], results: readonly CollectorResult[]): string | undefined {
  const stopped = results.find((result) => result.stopped !== undefined)?.stopped;
  if (stopped !== undefined) {
    return `The service ${stopped} is not running. Windows was not asked for connections: that would start it.`;
  }
  const states = families.find(({ metric }) => metric.name === 'ras_manager_state')?.samples ?? [];
  const state = states.find(({ value }) => value === 1)?.series.labels.state;
  if (state === undefined || state === 'running') return undefined;
  return state === 'absent' ? `There is no service ${RASMAN}.` : `The service ${RASMAN} is not running (${state}).`;
}

function collectorSummary({ collector, problems, timedOut, seconds, stopped }: CollectorResult) {
  return {
    collector,
    success: problems.length === 0,
    timedOut,
    // Left out where no service was missing.
    stoppedService: stopped,
    seconds: Number(seconds.toFixed(3)),
    problems: [...new Set(problems.map(({ message }) => message))],
  };
}

/** @param connections `null` when they were not asked for */
function table(
  ras: RasApi,
  connections: readonly ConnectionOverview[] | null,
  results: readonly CollectorResult[],
  service: string | undefined,
): string {
  const yesNo = (value: boolean | undefined) => (value === undefined ? '?' : value ? 'yes' : 'no');
  const rows = (connections ?? []).map(({ entry, phonebook, state, expected, protocol, server, error }) => [
    entry,
    phonebook,
    state,
    yesNo(expected),
    protocol,
    server,
    error === undefined ? '' : `${error.code} ${error.name}${error.meaning === '' ? '' : `: ${error.meaning}`}`,
  ]);
  const lines = [
    ras.name === 'simulated' ? 'Simulated API: these are not the connections of this machine.' : `API: ${ras.name}`,
    ...(service === undefined ? [] : [service]),
    '',
    ...(rows.length === 0
      ? [connections === null ? 'Connections were not asked for.' : 'No connection and no phone-book entry.']
      : layOut([['ENTRY', 'PHONE BOOK', 'STATE', 'EXPECTED', 'PROTOCOL', 'SERVER', 'ERROR'], ...rows])),
    '',
    ...results.flatMap((result) => {
      const { collector, problems, seconds } = collectorSummary(result);
      const head = `collector ${collector}: ${problems.length === 0 ? 'complete' : 'INCOMPLETE'}, ${seconds} s`;
      return [head, ...problems.map((problem) => `  ${printable(problem)}`)];
    }),
  ];
  return `${lines.join('\n')}\n`;
}

/** Longest text in a column but the last: a hostile name must not push the rest off the screen. */
const COLUMN_WIDTH = 40;

function layOut(rows: readonly (readonly string[])[]): string[] {
  const last = (rows[0]?.length ?? 0) - 1;
  const cells = rows.map((row) =>
    row.map((cell, column) => (column === last ? printable(cell) : shorten(printable(cell)))),
  );
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((row) => stringWidth(row[column] ?? ''))));
  return cells.map((row) =>
    row
      .map((cell, column) => cell + ' '.repeat((widths?.[column] ?? 0) - stringWidth(cell)))
      .join('  ')
      .trimEnd(),
  );
}

function shorten(cell: string): string {
  let short = cell;
  while (stringWidth(short) > COLUMN_WIDTH) short = `${short.slice(0, short.length - 2).toWellFormed()}…`;
  return short;
}
