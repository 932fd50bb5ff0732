/** `RAS / Connection`, third part: traffic, the link, what was negotiated. */
import { GraphTransform } from '@grafana/grafana-foundation-sdk/common';
import { columns } from './columns.ts';
import { NAME } from './connection-state.ts';
import type { Row } from './dashboard.ts';
import { errorLinkOfValue } from './links.ts';
import { lines, stat, table } from './panels.ts';
import { now, overTime, rows } from './query.ts';
import { ERROR_CODES, NEUTRAL } from './values.ts';
import { ENTRY } from './variables.ts';

const CONNECTION = 'job, instance, entry, phonebook';
const NEGOTIATED = `${CONNECTION}, framing, authentication, encryption, ipv4, ipv6, nat, mobike`;

const NO_TRAFFIC = 'No traffic';

function rate(counter: string): string {
  return `rate(${counter}{${ENTRY}}[$__rate_interval])`;
}

/** What is received above the line, what is transmitted below it. */
const TRANSMITTED_BELOW = { id: 'custom.transform', value: GraphTransform.NegativeY };

export const trafficRow: Row = {
  title: 'Traffic',
  panels: [
    lines(
      {
        title: 'Traffic',
        description:
          'Received above the line, transmitted below it, inside the tunnel (ras_connection_received_bytes_total, ' +
          'ras_connection_transmitted_bytes_total).',
        unit: 'bps',
        span: 12,
      },
      overTime(`${rate('ras_connection_received_bytes_total')} * 8`, `in: ${NAME}`),
      overTime(`${rate('ras_connection_transmitted_bytes_total')} * 8`, `out: ${NAME}`),
    )
      .axisLabel('out (-) / in (+)')
      .noValue(NO_TRAFFIC)
      .overrideByRegexp('^out: ', [TRANSMITTED_BELOW]),
    lines(
      {
        title: 'Frames',
        description:
          'Received above the line, transmitted below it (ras_connection_received_frames_total, ' +
          'ras_connection_transmitted_frames_total).',
        unit: 'pps',
        span: 12,
      },
      overTime(rate('ras_connection_received_frames_total'), `in: ${NAME}`),
      overTime(rate('ras_connection_transmitted_frames_total'), `out: ${NAME}`),
    )
      .axisLabel('out (-) / in (+)')
      .noValue(NO_TRAFFIC)
      .overrideByRegexp('^out: ', [TRANSMITTED_BELOW]),
    lines(
      {
        title: 'Errors of the link, by kind',
        description:
          'Damaged or lost on the way to this machine, over all chosen entries (ras_connection_receive_errors_total). A tunnel ' +
          'has next to none; a modem or PPPoE line may.',
        unit: 'cps',
        span: 12,
      },
      overTime(`sum by (kind) (${rate('ras_connection_receive_errors_total')})`, '{{kind}}'),
    )
      .min(0)
      .noValue(NO_TRAFFIC),
    stat(
      {
        title: 'Connected for',
        description: 'Time since the connection was established (ras_connection_established_timestamp_seconds).',
        unit: 'dtdurations',
        span: 6,
        height: 8,
        nothing: 'Not connected, or unknown',
      },
      now(`time() - ras_connection_established_timestamp_seconds{${ENTRY}}`, NAME),
    ).thresholds(NEUTRAL),
    stat(
      {
        title: 'Speed of the link',
        description:
          'As Windows negotiated it; of a tunnel only a nominal number (ras_connection_speed_bytes_per_second).',
        unit: 'bps',
        span: 6,
        height: 8,
        nothing: 'Not connected, or unknown',
      },
      now(`ras_connection_speed_bytes_per_second{${ENTRY}} * 8`, NAME),
    ).thresholds(NEUTRAL),
  ],
};

export const negotiatedRow: Row = {
  title: 'Negotiated',
  panels: [
    columns(
      table(
        {
          title: 'Security and addressing',
          description:
            'What each connection negotiated with its server (ras_connection_negotiated_info), and why it has no IPv4 or IPv6 ' +
            '(ras_connection_ipv4_error_code, ras_connection_ipv6_error_code). Click an error for what it means.',
          unit: 'none',
          span: 24,
          height: 6,
          nothing: 'Nothing is connected, or nobody knows',
        },
        rows(`max by (${NEGOTIATED}) (ras_connection_negotiated_info{${ENTRY}})`),
        rows(`max by (${CONNECTION}) (ras_connection_ipv4_error_code{${ENTRY}})`),
        rows(`max by (${CONNECTION}) (ras_connection_ipv6_error_code{${ENTRY}})`),
      ),
      {
        instance: { title: 'Instance' },
        entry: { title: 'Entry' },
        framing: { title: 'Framing' },
        authentication: { title: 'Authentication' },
        encryption: { title: 'Encryption' },
        ipv4: { title: 'IPv4' },
        ipv6: { title: 'IPv6' },
        nat: { title: 'Behind NAT' },
        mobike: { title: 'MOBIKE' },
        'Value #B': { title: 'IPv4 error', mappings: ERROR_CODES, links: [errorLinkOfValue()] },
        'Value #C': { title: 'IPv6 error', mappings: ERROR_CODES, links: [errorLinkOfValue()] },
      },
    ),
  ],
};
