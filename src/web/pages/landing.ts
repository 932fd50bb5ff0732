/** The page at `/`: what this is, how the connections of this machine are at this moment, and where to go from here. */
import type { ConnectionOverview } from '../../collectors/overview.ts';
import type { CollectorResult } from '../../collectors/run.ts';
import type { RasApiName } from '../../ras/api.ts';
import { type Html, html } from './html.ts';
import { durationText, type Notice, type Page } from './page.ts';

/** What the page shows. */
export interface Landing {
  readonly api: RasApiName;
  readonly telemetryPath: string;
  readonly connections: readonly ConnectionOverview[];
  readonly results: readonly CollectorResult[];
  /** Unix time in milliseconds. */
  readonly now: number;
}

/** More rows than anybody reads on a page; `/metrics` has them all. */
const MOST_ROWS = 500;

const LOOKS: Readonly<Record<string, string>> = {
  connected: 'good',
  reconnecting: 'busy',
  dormant: 'busy',
  waiting: 'busy',
  authenticating: 'busy',
  connecting: 'busy',
  failed: 'bad',
  disconnected: 'idle',
};

/** Worst first: who opens the page looks for what is wrong. */
const ORDER = ['failed', 'unknown', 'reconnecting', 'dormant', 'waiting', 'authenticating', 'connecting'];

export function landingPage({ api, telemetryPath, connections, results, now }: Landing): Page {
  const rows = connections.toSorted((a, b) => rank(a) - rank(b) || a.entry.localeCompare(b.entry));
  return {
    title: 'ras_exporter',
    notices: noticesOf(api, results),
    body: html`<h1>Connections</h1>
${rows.length === 0 ? html`<p>No connection and no phone-book entry.</p>` : html`${countsOf(rows)}${tableOf(rows, now)}`}
<nav aria-label="Pages"><ul>
<li><a href="${telemetryPath}">Metrics</a></li>
<li><a href="/debug/scrape">A collection, step by step</a></li>
<li><a href="/health">Health</a></li>
<li><a href="/-/ready">Ready</a></li>
<li><a href="/version">Version</a></li>
</ul></nav>
<p class="dim">API: ${api}. Collected at ${new Date(now).toISOString().replace('T', ' ').slice(0, 19)} UTC.</p>`,
  };
}

function noticesOf(api: RasApiName, results: readonly CollectorResult[]): Notice[] {
  const notices: Notice[] = [];
  if (api === 'simulated') {
    notices.push({ kind: 'warning', text: 'Simulated API: these are not the connections of this machine.' });
  }
  for (const { collector, problems } of results) {
    const messages = [...new Set(problems.map(({ message }) => message))];
    if (messages.length === 0) continue;
    const more = messages.length > 3 ? ` (and ${messages.length - 3} more)` : '';
    notices.push({
      kind: 'problem',
      text: `Collector ${collector} could not read everything: ${messages.slice(0, 3).join('; ')}${more}`,
    });
  }
  return notices;
}

/** Down though it should be up comes before everything else. */
function rank({ state, expected }: ConnectionOverview): number {
  if (expected === true && state !== 'connected') return -1;
  const at = ORDER.indexOf(state);
  return at >= 0 ? at : ORDER.length + (state === 'connected' ? 0 : 1);
}

function countsOf(rows: readonly ConnectionOverview[]): Html {
  const counts = new Map<string, number>();
  for (const { state } of rows) counts.set(state, (counts.get(state) ?? 0) + 1);
  const items = [...counts].map(([state, count]) => html`<li>${stateBadge(state, `${count} ${state}`)}</li>\n`);
  return html`<ul class="counts" aria-label="Connections by state">
${items}</ul>
`;
}

function stateBadge(state: string, text: string): Html {
  return html`<span class="state ${LOOKS[state] ?? 'idle'}">${text}</span>`;
}

function tableOf(rows: readonly ConnectionOverview[], now: number): Html {
  const shown = rows.slice(0, MOST_ROWS);
  const caption =
    rows.length > shown.length
      ? `The first ${shown.length} of ${rows.length}; the metrics have all of them.`
      : 'Worst first.';
  return html`<table>
<caption>${caption}</caption>
<thead><tr><th scope="col">Entry</th><th scope="col">State</th><th scope="col">Connected for</th><th scope="col">Error</th>
<th scope="col">Expected</th><th scope="col">Protocol</th><th scope="col">Server</th><th scope="col">Phone book</th></tr></thead>
<tbody>
${shown.map((row) => rowOf(row, now))}</tbody>
</table>
`;
}

function rowOf(connection: ConnectionOverview, now: number): Html {
  const { entry, state, stateCode, established, error, protocol, server, phonebook } = connection;
  const duration = established === undefined ? '' : durationText(now / 1000 - established);
  return html`<tr>
<th scope="row">${entry}</th>
<td>${stateBadge(state, state)}${stateCode === '' ? undefined : html` <span class="code dim">${stateCode}</span>`}</td>
<td data-label="Connected for">${duration}</td>
<td class="widest" data-label="Error">${error === undefined ? undefined : errorText(error)}</td>
<td data-label="Expected">${expectedText(connection)}</td>
<td data-label="Protocol">${protocol}</td>
<td class="wide" data-label="Server">${server}</td>
<td data-label="Phone book">${phonebook}</td>
</tr>
`;
}

function expectedText({ expected, state }: ConnectionOverview): Html {
  if (expected === undefined) return html`not known`;
  if (!expected) return html`no`;
  return state === 'connected' ? html`yes` : html`<span class="state bad">yes, not up</span>`;
}

function errorText({ code, name, meaning }: NonNullable<ConnectionOverview['error']>): Html {
  return html`<span class="code">${code} ${name}</span>${meaning === '' ? undefined : html`<br>${meaning}`}`;
}
