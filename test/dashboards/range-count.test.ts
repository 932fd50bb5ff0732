/** What the panels of a whole time range count, by Prometheus' own engine. */
import { describe, expect, it } from 'vitest';
import { filledIn, queriesOf, readDashboards } from '../support/dashboards.ts';
import { expectAnswers } from '../support/promql-answers.ts';
import { isMissing } from '../support/requirements.ts';

const MACHINE = 'job="ras", instance="pc1"';
const LABELS = 'entry="Office", error_code="691", error="E", category="authentication", phase="authentication"';
const FAILURES = `ras_dial_failures_total{${MACHINE}, ${LABELS}}`;
const CLEARED = `ras_events_skipped_total{${MACHINE}, reason="cleared"}`;
const UNREADABLE = `ras_events_skipped_total{${MACHINE}, reason="unreadable"}`;

const queries = [...readDashboards().values()].flatMap(queriesOf);

function queryOf(name: string, range: string): string {
  const query = queries.find((candidate) => candidate.name === `RAS / Connection: ${name}`);
  expect(query, name).toBeDefined();
  return filledIn(query?.expr ?? '', { __range: range });
}

interface Case {
  readonly title: string;
  readonly failures: string;
  readonly told: string;
  readonly further?: Readonly<Record<string, string>>;
  readonly minute: number;
  readonly range?: string;
  readonly count: number | undefined;
}

/** Of the last six hours, or of less; a sample is a minute. */
const CASES: readonly Case[] = [
  { title: 'the first failure of a new machine', failures: '_x19 1x9', told: '0x60', minute: 25, count: 1 },
  { title: 'what follows, in whole numbers', failures: '_x19 1x9 2 3x30', told: '0x60', minute: 50, count: 3 },
  { title: 'two samples, in whole numbers', failures: '_x5 1 3', told: '0x7', minute: 7, count: 3 },
  { title: 'nothing of before a new machine', failures: '_x10 7x40', told: '_x10 0x40', minute: 50, count: undefined },
  { title: 'what is new of a new machine', failures: '_x10 7x9 9x30', told: '_x10 0x40', minute: 50, count: 2 },
  {
    title: 'nothing of before the range',
    failures: '7x60',
    told: '0x60',
    minute: 60,
    range: '30m',
    count: undefined,
  },
  { title: 'what is in the range', failures: '7x40 9x20', told: '0x60', minute: 60, range: '30m', count: 2 },
  {
    title: 'nothing of before a sleep',
    failures: '7x10 stale _x20 7x30',
    told: '0x10 stale _x20 0x30',
    minute: 60,
    range: '40m',
    count: undefined,
  },
  {
    title: 'what failed while nobody could ask',
    failures: '3x10 stale _x20 5x30',
    told: '0x10 stale _x20 0x30',
    minute: 60,
    count: 2,
  },
  {
    title: 'what a machine said that is down now',
    failures: '_x5 2x10 stale',
    told: '0x15 stale',
    minute: 60,
    count: 2,
  },
  {
    title: 'nothing because a target has another label',
    failures: '7x20 stale',
    told: '0x20 stale',
    further: {
      [FAILURES.replace('}', ', site="hh"}')]: '_x21 7x39',
      [CLEARED.replace('}', ', site="hh"}')]: '_x21 0x39',
      [UNREADABLE.replace('}', ', site="hh"}')]: '_x21 0x39',
    },
    minute: 60,
    count: undefined,
  },
  {
    title: 'a first failure after the exporter was started anew',
    failures: '_x40 1x20',
    told: '0x60',
    minute: 60,
    range: '30m',
    count: 1,
  },
];

describe.skipIf(isMissing('promtool'))('Failed dials of this time range', () => {
  it.each(CASES)('counts $title', async ({ failures, told, further, minute, range = '6h', count }) => {
    const series = { [FAILURES]: failures, [CLEARED]: told, [UNREADABLE]: told, ...further };
    const expr = queryOf('Failed dials of this time range: A', range);
    await expectAnswers({ series, minute }, [{ expr, sum: count }]);
  });

  it('counts about what increase() does where the exporter was started anew', async () => {
    const series = { [FAILURES]: '5x30 1x30', [CLEARED]: '0x60', [UNREADABLE]: '0x60' };
    const expr = `round(${queryOf('Failed dials of this time range: A', '50m')})`;
    await expectAnswers({ series, minute: 60 }, [{ expr, sum: 1 }]);
  });
});

describe.skipIf(isMissing('promtool'))('Time of most dials', () => {
  /** A dial of three seconds in minute 20, and no other. */
  const DIAL = {
    [`ras_dial_duration_seconds_bucket{${MACHINE}, entry="Office", le="2"}`]: '_x19 0x40',
    [`ras_dial_duration_seconds_bucket{${MACHINE}, entry="Office", le="4"}`]: '_x19 1x40',
    [`ras_dial_duration_seconds_bucket{${MACHINE}, entry="Office", le="+Inf"}`]: '_x19 1x40',
    [CLEARED]: '0x60',
  };

  it('knows the only dial of a machine', () =>
    expectAnswers({ series: DIAL, minute: 60 }, [{ expr: queryOf('Time of most dials: A', '6h'), sum: 3 }]));

  it('is nothing rather than no number where nothing was dialled', () =>
    expectAnswers({ series: DIAL, minute: 60 }, [{ expr: queryOf('Time of most dials: A', '30m'), sum: undefined }]));
});
