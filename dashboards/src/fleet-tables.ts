/** The tables of `RAS / Fleet`: which machines, which connections, which errors. */
import type { PanelBuilder as TablePanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import { columns } from './columns.ts';
import {
  COMMONEST_ERROR,
  DOWN,
  ERRORS,
  FAILING,
  most,
  NOT_READ,
  NOT_SCRAPED,
  NOT_TOLD,
  perMachine,
} from './fleet-queries.ts';
import { connectionLink, errorLink, errorLinkOfValue, exporterLink } from './links.ts';
import { table } from './panels.ts';
import { rows } from './query.ts';
import { ERROR_CODES, GOOD_YES } from './values.ts';
import { ENTRY } from './variables.ts';

/** What an empty panel means that reads what was recorded. */
export const NONE_OR_NOT_RECORDED = 'None, or the recording rules are not loaded';

export function machinesTable(): TablePanelBuilder {
  return columns(
    table(
      {
        title: 'Machines that need attention',
        description:
          'What is wrong on each machine: connections that should be up and are down, failures of entries that failed three times ' +
          'or more with one error within 15 minutes, collectors that fail, and whether Windows and the exporter answer. ' +
          'At most 100 rows of each kind.',
        unit: 'short',
        span: 10,
        height: 10,
        nothing: 'None',
      },
      rows(most(perMachine(DOWN))),
      rows(most(`sum by (job, instance) (${FAILING})`)),
      rows(most(perMachine(NOT_READ))),
      rows(most(`max by (job, instance) ${NOT_TOLD}`)),
      rows(most(`max by (job, instance) ${NOT_SCRAPED}`)),
    ),
    {
      job: { title: 'Job', width: 90 },
      instance: { title: 'Instance', links: [connectionLink('row', 'job', 'instance'), exporterLink('row')] },
      'Value #A': { title: 'Down', red: 1, width: 70 },
      'Value #B': { title: 'Failures', decimals: 0, red: 1, width: 85 },
      'Value #C': { title: 'Collectors', red: 1, width: 90 },
      'Value #D': { title: 'Windows', mappings: GOOD_YES, width: 85 },
      'Value #E': { title: 'Scraped', mappings: GOOD_YES, width: 80 },
    },
  );
}

export function connectionsTable(): TablePanelBuilder {
  return columns(
    table(
      {
        title: 'Connections that should be up and are down',
        description:
          'With the error that each failed with most often within the last 15 minutes, the error that Windows shows now, and when ' +
          'the event log says that it was last connected. At most 100 rows.',
        unit: 'none',
        span: 14,
        height: 10,
        nothing: 'None, as far as machines report',
      },
      rows(`max by (job, instance, entry) (${most(DOWN)})`),
      rows(
        `max by (job, instance, entry, error_code, error, category) (
  ${COMMONEST_ERROR}
  and on (job, instance, entry) ${most(DOWN)}
)`,
      ),
      rows(`max by (job, instance, entry) (
  ras_connection_error_code{${ENTRY}} > 0
  and ${most(DOWN)}
)`),
      rows(`max by (job, instance, entry) (
  ras_last_connected_timestamp_seconds{${ENTRY}} * 1000
  and on (job, instance, entry) ${most(DOWN)}
)`),
    ),
    {
      instance: {
        title: 'Instance',
        width: 210,
        links: [connectionLink('row', 'job', 'instance'), exporterLink('row')],
      },
      entry: { title: 'Entry', width: 130, links: [connectionLink('row', 'job', 'instance', 'entry')] },
      error_code: { title: 'Code', width: 75, links: [errorLink('row')] },
      error: { title: 'Error', links: [errorLink('row')] },
      category: { title: 'Category', width: 110 },
      'Value #B': { title: 'Failures', decimals: 0, width: 80 },
      'Value #C': { title: 'Error now', width: 110, mappings: ERROR_CODES, links: [errorLinkOfValue()] },
      'Value #D': { title: 'Last connected', unit: 'dateTimeFromNow', width: 120 },
    },
  );
}

export function errorsTable(): TablePanelBuilder {
  return columns(
    table(
      {
        title: 'Errors of the last 15 minutes',
        description:
          'On how many machines, and how often, by the event log and by what the scrapes saw; without what people cancelled. ' +
          'Click a code for what it means. One code on many machines has one cause: look at the server and the way to it.',
        unit: 'short',
        span: 12,
        nothing: NONE_OR_NOT_RECORDED,
      },
      rows(ERRORS.machines),
      rows(ERRORS.failures),
    ),
    {
      error_code: { title: 'Code', width: 110, links: [errorLink('row')] },
      error: { title: 'Error', links: [errorLink('row')] },
      category: { title: 'Category', width: 130 },
      'Value #A': { title: 'Machines', width: 100 },
      'Value #B': { title: 'Failures', decimals: 0, width: 100 },
    },
  );
}
