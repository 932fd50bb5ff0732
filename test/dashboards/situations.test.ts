/** What the panels say of machines in all situations: also when nobody can say anything, and a 0 would be a lie. */
import { resolve } from 'node:path';
import { describe, it } from 'vitest';
import { filledIn, queriesOf, readDashboards } from '../support/dashboards.ts';
import { expectAnswers } from '../support/promql-answers.ts';
import { isMissing } from '../support/requirements.ts';

const RECORDING = resolve(import.meta.dirname, '../../dashboards/prometheus/ras-recording.yaml');
const NOW = 60;

const MACHINE = 'job="ras", instance="pc1"';
const ENTRY = `${MACHINE}, entry="Office", phonebook="all_users"`;

/** What a machine says that is scraped, with one connection. */
function machine(samples: string, { up = 1, expected = 1 } = {}): Record<string, string> {
  return {
    [`ras_exporter_build_info{${MACHINE}, version="1.0.0", api="rasapi32"}`]: `1${samples}`,
    [`ras_exporter_heartbeat_timestamp_seconds{${MACHINE}}`]: `0+60${samples}`,
    [`ras_exporter_collector_success{${MACHINE}, collector="connections"}`]: `1${samples}`,
    [`ras_up{${MACHINE}}`]: `1${samples}`,
    [`ras_connection_up{${ENTRY}}`]: `${up}${samples}`,
    [`ras_connection_expected{${ENTRY}}`]: `${expected}${samples}`,
  };
}

const ALWAYS = `x${NOW}`;
/** Silent for 20 minutes now. */
const GONE = `x${NOW - 20} stale`;
const SCRAPED = `up{${MACHINE}}`;
const READS_EVENTS = `ras_exporter_collector_success{${MACHINE}, collector="events"}`;

/** `RAS / Fleet: Machines` → the sum of what its first query finds. */
type Said = Readonly<Record<string, number | undefined>>;

interface Situation {
  readonly title: string;
  readonly series: Readonly<Record<string, string>>;
  readonly ruleFiles?: readonly string[];
  readonly said: Said;
}

const NOBODY_KNOWS = undefined;
const NOTHING = undefined;

const SITUATIONS: readonly Situation[] = [
  {
    title: 'one machine, and all is well',
    series: { ...machine(ALWAYS), [SCRAPED]: `1${ALWAYS}` },
    said: {
      'RAS / Fleet: Machines': 1,
      'RAS / Fleet: Need attention': 0,
      'RAS / Fleet: Expected': 1,
      'RAS / Fleet: Expected and down': 0,
      'RAS / Fleet: Expected and up': 1,
      'RAS / Fleet: Not scraped': 0,
      'RAS / Fleet: Recording rules': 1,
      'RAS / Fleet: Machines that need attention': NOTHING,
      'RAS / Connection: Now': 1,
      'RAS / Exporter: Scraped': 1,
    },
  },
  {
    title: 'the only machine is down',
    series: { ...machine(GONE), [SCRAPED]: `1x${NOW - 20} 0x20` },
    said: {
      'RAS / Fleet: Machines': 0,
      'RAS / Fleet: Need attention': 1,
      'RAS / Fleet: Expected': NOBODY_KNOWS,
      'RAS / Fleet: Expected and down': NOBODY_KNOWS,
      'RAS / Fleet: Expected and up': NOBODY_KNOWS,
      'RAS / Fleet: Not scraped': 1,
      'RAS / Fleet: Recording rules': 1,
      'RAS / Connection: Now': NOBODY_KNOWS,
      'RAS / Exporter: Scraped': 0,
      'RAS / Exporter: Windows answers': NOBODY_KNOWS,
      'RAS / Exporter: Age of what is shown': 20 * 60,
    },
  },
  {
    title: 'the only machine is down, and there are no recording rules',
    series: { ...machine(GONE), [SCRAPED]: `1x${NOW - 20} 0x20` },
    ruleFiles: [],
    said: {
      'RAS / Fleet: Need attention': 1,
      'RAS / Fleet: Not scraped': 1,
      'RAS / Fleet: Recording rules': 0,
    },
  },
  {
    title: 'no exporter has ever answered',
    series: { [SCRAPED]: `0${ALWAYS}` },
    said: {
      'RAS / Fleet: Machines': 0,
      'RAS / Fleet: Need attention': NOBODY_KNOWS,
      'RAS / Fleet: Expected and down': NOBODY_KNOWS,
      'RAS / Fleet: Not scraped': NOBODY_KNOWS,
      'RAS / Fleet: Recording rules': 1,
    },
  },
  {
    title: 'a machine that pushes',
    series: machine(ALWAYS, { up: 0 }),
    said: {
      'RAS / Fleet: Machines': 1,
      'RAS / Fleet: Need attention': 1,
      'RAS / Fleet: Expected and down': 1,
      'RAS / Fleet: Not scraped': NOBODY_KNOWS,
      'RAS / Exporter: Scraped': 2,
      'RAS / Exporter: Age of what is shown': 0,
    },
  },
  {
    title: 'a machine on which nobody reads the event log',
    series: { ...machine(ALWAYS), [SCRAPED]: `1${ALWAYS}` },
    said: {
      'RAS / Connection: Last connected': NOBODY_KNOWS,
      'RAS / Connection: Last failure': NOBODY_KNOWS,
    },
  },
  {
    title: 'a machine whose event log says nothing of the connection',
    series: { ...machine(ALWAYS), [READS_EVENTS]: `1${ALWAYS}` },
    said: {
      'RAS / Connection: Last connected': 0,
      'RAS / Connection: Last failure': 0,
    },
  },
  {
    title: 'a connection that should be up and is down',
    series: machine(ALWAYS, { up: 0 }),
    said: { 'RAS / Connection: Now': 0, 'RAS / Connection: Share up': 0 },
  },
  {
    title: 'a connection that people dial when they need it',
    series: machine(ALWAYS, { up: 0, expected: 0 }),
    said: { 'RAS / Connection: Now': 2, 'RAS / Fleet: Expected': 0, 'RAS / Fleet: Need attention': 0 },
  },
  {
    title: 'a machine without connections',
    series: { [`ras_exporter_build_info{${MACHINE}}`]: `1${ALWAYS}`, [`ras_up{${MACHINE}}`]: `1${ALWAYS}` },
    said: { 'RAS / Fleet: Expected': 0, 'RAS / Fleet: Expected and down': 0 },
  },
];

const queries = new Map(
  [...readDashboards().values()].flatMap(queriesOf).map(({ name, expr }) => [name, expr] as const),
);

/** The first query of a panel, with everything chosen. */
function queryOf(panel: string): string {
  const expr = queries.get(`${panel}: A`);
  if (expr === undefined) throw new Error(`no panel ${panel}`);
  return filledIn(expr, { __range: `${NOW}m` });
}

describe.skipIf(isMissing('promtool'))('the panels', () => {
  it.each(SITUATIONS)('say what is the case: $title', async ({ series, ruleFiles = [RECORDING], said }) => {
    const questions = Object.entries(said).map(([panel, sum]) => ({ expr: queryOf(panel), sum }));
    await expectAnswers({ series, minute: NOW, ruleFiles }, questions);
  });
});
