/** `RAS / Connection`, first part: how the connection is, and how it was. */
import { columns } from './columns.ts';
import type { Row } from './dashboard.ts';
import { asDataLink, errorLinkOfValue } from './links.ts';
import { stat, stateTimeline, table } from './panels.ts';
import { now, overTime, rows } from './query.ts';
import {
  CONNECTION_STATE_NAMES,
  CONNECTION_STATE_WORDS,
  NEUTRAL,
  NEUTRAL_YES,
  NEVER,
  NO_ERROR,
  stateNumber,
  steps,
  UP_DOWN,
} from './values.ts';
import { ENTRY } from './variables.ts';

/** How a line is called where there may be several entries. */
export const NAME = '{{entry}} @ {{instance}}';

/** One of the times that the event log knows, as milliseconds since 1970. */
function lastTime(what: 'connected' | 'disconnected' | 'failure', event: number, title: string) {
  return stat(
    {
      title,
      description: `By the event log (RasClient event ${event}), since the exporter counts.`,
      unit: 'dateTimeFromNow',
      span: 4,
    },
    now(`ras_last_${what}_timestamp_seconds{${ENTRY}} * 1000`, NAME),
  )
    .noValue('Never seen')
    .mappings(NEVER)
    .thresholds(NEUTRAL);
}

export const stateRow: Row = {
  title: 'State',
  panels: [
    stat(
      {
        title: 'Now',
        description: 'Whether data can flow: connected, and neither dormant nor reconnecting (ras_connection_up).',
        unit: 'none',
        span: 3,
      },
      now(`ras_connection_up{${ENTRY}}`, NAME),
    ).mappings(UP_DOWN),
    stat(
      {
        title: 'Expected',
        description:
          'Whether it should be up: Always On, or chosen by --collector.connections.expected (ras_connection_expected).',
        unit: 'none',
        span: 3,
      },
      now(`ras_connection_expected{${ENTRY}}`, NAME),
    )
      .mappings(NEUTRAL_YES)
      .noValue('Unknown'),
    stat(
      {
        title: 'Error now',
        description:
          'The error that Windows shows for the connection as long as it has a handle (ras_connection_error_code). Click it ' +
          'for what it means.',
        unit: 'none',
        span: 3,
      },
      now(`ras_connection_error_code{${ENTRY}}`, NAME),
    )
      .mappings(NO_ERROR)
      .thresholds(steps('green', [1, 'red']))
      .dataLinks([asDataLink(errorLinkOfValue())]),
    stat(
      {
        title: 'Share up',
        description: 'Share of the scrapes of this time range in which it was up (ras_connection_up).',
        unit: 'percentunit',
        span: 3,
      },
      now(`avg_over_time(ras_connection_up{${ENTRY}}[$__range])`, NAME),
    )
      .decimals(2)
      .thresholds(steps('red', [0.95, 'orange'], [0.99, 'green'])),
    lastTime('connected', 20225, 'Last connected'),
    lastTime('disconnected', 20226, 'Last disconnected'),
    lastTime('failure', 20227, 'Last failure'),
    stateTimeline(
      {
        title: 'State',
        description:
          'What each connection was doing, as the scrapes saw it (ras_connection_state). What happens between two scrapes is ' +
          'in the row Dialling: the event log misses nothing.',
        unit: 'none',
        span: 24,
      },
      overTime(stateNumber('ras_connection_state', ENTRY, CONNECTION_STATE_NAMES), NAME),
    ).mappings(CONNECTION_STATE_WORDS),
    columns(
      table(
        {
          title: 'Connections',
          description: 'What each runs over; for one that is not dialled what its entry says (ras_connection_info).',
          unit: 'none',
          span: 24,
          height: 5,
        },
        rows(`ras_connection_info{${ENTRY}}`),
      ),
      {
        instance: { title: 'Instance' },
        entry: { title: 'Entry' },
        phonebook: { title: 'Phone book' },
        server: { title: 'Server' },
        protocol: { title: 'Protocol', width: 80 },
        device_name: { title: 'Device' },
        ownership: { title: 'Dialled by', width: 90 },
      },
    ),
    columns(
      table(
        {
          title: 'Entries',
          description: 'How each is configured in its phone book (ras_entry_info).',
          unit: 'none',
          span: 24,
          height: 5,
        },
        rows(`ras_entry_info{${ENTRY}}`),
      ),
      {
        instance: { title: 'Instance' },
        entry: { title: 'Entry' },
        phonebook: { title: 'Phone book' },
        server: { title: 'Server' },
        vpn_strategy: { title: 'Strategy' },
        encryption: { title: 'Encryption' },
        always_on: { title: 'Always On', width: 90 },
      },
    ).noValue('In no phone book that the exporter can read'),
  ],
};
