/** `RAS / Connection`, first part: how the connection is, and how it was. */
import { columns } from './columns.ts';
import type { Row } from './dashboard.ts';
import { asDataLink, errorLinkOfValue } from './links.ts';
import { stat, stateTimeline, table } from './panels.ts';
import { now, overTime, rows } from './query.ts';
import {
  CONNECTION_STATE_NAMES,
  CONNECTION_STATE_WORDS,
  ERROR_CODES,
  NEUTRAL,
  NEUTRAL_YES,
  NEVER,
  stateNumber,
  steps,
  UP_DOWN,
} from './values.ts';
import { ENTRY, MACHINE } from './variables.ts';

/** How a line is called where there may be several entries. */
export const NAME = '{{entry}} @ {{instance}}';

/** Entries of machines whose event log is read: what it does not tell of one has not happened. */
const READ_BY_EVENT_LOG = `max by (job, instance, entry) (
    ras_connection_up{${ENTRY}}
    and on (job, instance) ras_exporter_collector_success{${MACHINE}, collector="events"} == 1
  )`;

/** Entries that are not up: 0 where they should be, 2 where they need not or nobody knows. */
const UP_OR_NEED_NOT = `ras_connection_up{${ENTRY}} == 1
  or (ras_connection_up{${ENTRY}} == 0 and ras_connection_expected{${ENTRY}} == 1)
  or ras_connection_up{${ENTRY}} + 2`;

/** Share of the scrapes in which entries were up that should be up (`and`), or that need not be (`unless`). */
function shareUp(expected: 'and' | 'unless'): string {
  return `avg_over_time(ras_connection_up{${ENTRY}}[$__range]) ${expected} last_over_time(ras_connection_expected{${ENTRY}}[$__range]) == 1`;
}

/** One of the times that the event log knows, as milliseconds since 1970. */
function lastTime(what: 'connected' | 'disconnected' | 'failure', event: number, title: string) {
  return stat(
    {
      title,
      description: `By the event log (RasClient event ${event}), since the exporter counts.`,
      unit: 'dateTimeFromNow',
      span: 4,
      nothing: 'Unknown',
      words: NEVER,
    },
    now(
      `ras_last_${what}_timestamp_seconds{${ENTRY}} * 1000
  or on (job, instance, entry) 0 * ${READ_BY_EVENT_LOG}`,
      NAME,
    ),
  ).thresholds(NEUTRAL);
}

export const stateRow: Row = {
  title: 'State',
  panels: [
    stat(
      {
        title: 'Now',
        description:
          'Whether data can flow: connected, and neither dormant nor reconnecting (ras_connection_up). Down is said of one that ' +
          'should be up.',
        unit: 'none',
        span: 3,
        nothing: 'Unknown',
        words: UP_DOWN,
      },
      now(UP_OR_NEED_NOT, NAME),
    ),
    stat(
      {
        title: 'Expected',
        description:
          'Whether it should be up: Always On, or chosen by --collector.connections.expected (ras_connection_expected).',
        unit: 'none',
        span: 3,
        nothing: 'Unknown',
        words: NEUTRAL_YES,
      },
      now(`ras_connection_expected{${ENTRY}}`, NAME),
    ),
    stat(
      {
        title: 'Error now',
        description:
          'The error that Windows shows for the connection as long as it has a handle (ras_connection_error_code). Click it ' +
          'for what it means.',
        unit: 'none',
        span: 3,
        nothing: 'Unknown',
        words: ERROR_CODES,
      },
      now(`ras_connection_error_code{${ENTRY}}`, NAME),
    )
      .thresholds(steps('green', [1, 'red']))
      .dataLinks([asDataLink(errorLinkOfValue())]),
    stat(
      {
        title: 'Share up',
        description:
          'Share of the scrapes of this time range in which it was up (ras_connection_up), without those that had no answer. ' +
          'Coloured where it should be up.',
        unit: 'percentunit',
        span: 3,
        nothing: 'Unknown',
      },
      now(shareUp('and'), NAME),
      now(shareUp('unless'), NAME),
    )
      .decimals(2)
      .thresholds(steps('red', [0.95, 'orange'], [0.99, 'green']))
      .overrideByQuery('B', [{ id: 'thresholds', value: NEUTRAL.build() }]),
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
          nothing: 'Unknown',
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
          nothing: 'In no phone book that can be read, or unknown',
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
    ),
  ],
};
