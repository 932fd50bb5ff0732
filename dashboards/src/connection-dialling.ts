/** `RAS / Connection`, second part: dials, failures, disconnections. */
import { GraphDrawStyle, StackingMode } from '@grafana/grafana-foundation-sdk/common';
import { FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import { columns } from './columns.ts';
import { NAME } from './connection-state.ts';
import type { Row } from './dashboard.ts';
import { increaseFromBirth } from './increase.ts';
import { asDataLink, errorLink } from './links.ts';
import { bars, points, stat, table } from './panels.ts';
import { now, overTime, rows } from './query.ts';
import { countInRange } from './range-count.ts';
import { NEUTRAL } from './values.ts';
import { ENTRY, MACHINE } from './variables.ts';

const WINDOW = '$__rate_interval';

/** What an empty panel means that only the event log could fill. */
const NONE_OR_NOT_READ = 'None in this time range, or the event log is not read';

function fixedColor(color: string) {
  return [{ id: 'color', value: { mode: FieldColorModeId.Fixed, fixedColor: color } }];
}

function counted(counter: string): string {
  return `sum (increase(${counter}{${ENTRY}}[${WINDOW}]))`;
}

/** How many seconds a share of the dials of the time range took at most. */
function quantile(share: number): string {
  const buckets = countInRange('ras_dial_duration_seconds_bucket', `{${ENTRY}}`, `{${MACHINE}}`);
  // Of no dials the quantile is no number.
  return `histogram_quantile(${share}, sum by (le) ${buckets}) >= 0`;
}

function byEntry(counter: 'ras_dial_duration_seconds_sum' | 'ras_dial_duration_seconds_count'): string {
  return `sum by (job, instance, entry) ${increaseFromBirth(counter, WINDOW, `{${ENTRY}}`, `{${MACHINE}}`)}`;
}

const DURATION = `${byEntry('ras_dial_duration_seconds_sum')} / (${byEntry('ras_dial_duration_seconds_count')} > 0)`;

function failuresBy(labels: string): string {
  return `sum by (${labels}) ${increaseFromBirth('ras_dial_failures_total', WINDOW, `{${ENTRY}}`, `{${MACHINE}}`)} > 0`;
}

function failuresInRangeBy(labels: string): string {
  return `sum by (${labels}) ${countInRange('ras_dial_failures_total', `{${ENTRY}}`, `{${MACHINE}}`)} > 0`;
}

function disconnects(window: string): string {
  return `sum by (reason_code, reason) ${increaseFromBirth('ras_disconnects_total', window, `{${ENTRY}}`, `{${MACHINE}}`)} > 0`;
}

function seenErrors(window: string): string {
  return `sum by (error_code, error) ${increaseFromBirth('ras_connection_errors_total', window, `{${ENTRY}}`, `{${MACHINE}}`)} > 0`;
}

export const diallingRow: Row = {
  title: 'Dialling',
  panels: [
    bars(
      {
        title: 'Dials',
        description:
          'Dials begun, connected and failed, by the event log (RasClient events 20221, 20225, 20227), in steps of five ' +
          'minutes or more.',
        unit: 'short',
        span: 12,
      },
      overTime(counted('ras_dial_attempts_total'), 'begun'),
      overTime(counted('ras_dial_connected_total'), 'connected'),
      overTime(counted('ras_dial_failed_total'), 'failed'),
    )
      .noValue(NONE_OR_NOT_READ)
      .overrideByName('begun', [
        ...fixedColor('blue'),
        // Each dial is in one of the others, too.
        { id: 'custom.drawStyle', value: GraphDrawStyle.Line },
        { id: 'custom.stacking', value: { mode: StackingMode.None } },
        { id: 'custom.fillOpacity', value: 0 },
      ])
      .overrideByName('connected', fixedColor('green'))
      .overrideByName('failed', fixedColor('red')),
    bars(
      {
        title: 'Failed dials, by error and phase',
        description:
          'Why dials failed, and how far they had come: dial, link, authentication (RasClient event 20227). Click a bar for ' +
          'what the code means.',
        unit: 'short',
        span: 12,
      },
      overTime(failuresBy('error_code, error, phase'), '{{error_code}} {{error}} ({{phase}})'),
    )
      .noValue(NONE_OR_NOT_READ)
      .dataLinks([asDataLink(errorLink('series'))]),
    columns(
      table(
        {
          title: 'Failed dials of this time range',
          description: 'By entry, error and phase (RasClient event 20227). Click a code for what it means.',
          unit: 'short',
          span: 12,
          nothing: NONE_OR_NOT_READ,
        },
        rows(failuresInRangeBy('entry, error_code, error, category, phase')),
      ),
      {
        entry: { title: 'Entry' },
        error_code: { title: 'Code', width: 100, links: [errorLink('row')] },
        error: { title: 'Error', links: [errorLink('row')] },
        category: { title: 'Category', width: 120 },
        phase: { title: 'Phase', width: 120 },
        Value: { title: 'Failures', decimals: 0, width: 90 },
      },
    ),
    points(
      {
        title: 'Time of a dial',
        description: 'How long it took until connected, on average over each step (RasClient events 20221 to 20225).',
        unit: 's',
        span: 8,
      },
      overTime(DURATION, NAME),
    ).noValue(NONE_OR_NOT_READ),
    stat(
      {
        title: 'Time of most dials',
        description:
          'In this time range, over all chosen entries: half of the dials took no longer than the first number, 95 of 100 no ' +
          'longer than the second. As exact as the buckets of the histogram (ras_dial_duration_seconds).',
        unit: 's',
        span: 4,
        height: 8,
        nothing: 'No dial, or unknown',
      },
      now(quantile(0.5), 'half'),
      now(quantile(0.95), '95 %'),
    ).thresholds(NEUTRAL),
    bars(
      {
        title: 'Disconnections, by reason',
        description:
          'Connections that ended (RasClient event 20226). Click a bar for what the code means; 631 is a person or a program.',
        unit: 'short',
        span: 12,
      },
      overTime(disconnects(WINDOW), '{{reason_code}} {{reason}}'),
    )
      .noValue(NONE_OR_NOT_READ)
      .dataLinks([asDataLink(errorLink('series', 'reason_code'))]),
    bars(
      {
        title: 'Errors that scrapes saw',
        description:
          'Times a scrape found a connection in an error (ras_connection_errors_total). The same failures as above, as far as ' +
          'they lasted until a scrape: where the event log cannot be read this is all there is.',
        unit: 'short',
        span: 12,
      },
      overTime(seenErrors(WINDOW), '{{error_code}} {{error}}'),
    ).dataLinks([asDataLink(errorLink('series'))]),
  ],
};
