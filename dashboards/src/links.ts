/** Ways from a value to what explains it. Grafana encodes nothing in the name of an entry that we do not ask it to. */
import { DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';
import { DOCS, TAG, UIDS } from './project.ts';

/** A link that hangs on a value. */
export interface Link {
  readonly title: string;
  readonly url: string;
  readonly targetBlank: boolean;
}

/** Where the labels of a value are found: in the columns of a table, or on a line of a graph. */
export type LabelsOf = 'row' | 'series';

/** To one entry of one machine, or to all entries of one machine. */
export function connectionLink(labels: LabelsOf, ...names: readonly ('job' | 'instance' | 'entry')[]): Link {
  return dashboardLink('Show the connection', UIDS.connection, labels, names);
}

/** To the exporter of one machine. */
export function exporterLink(labels: LabelsOf): Link {
  return dashboardLink('Show the exporter', UIDS.exporter, labels, ['job', 'instance']);
}

/** To what an error code means. The code is a label. */
export function errorLink(labels: LabelsOf, name = 'error_code'): Link {
  return toErrors(label(labels, name));
}

/** To what an error code means. The code is the value. */
export function errorLinkOfValue(): Link {
  return toErrors(variable('__value.raw'));
}

function toErrors(code: string): Link {
  return { title: 'What this error means', url: `${DOCS}/errors.md#${code}`, targetBlank: true };
}

function dashboardLink(title: string, uid: string, labels: LabelsOf, names: readonly string[]): Link {
  const chosen = names.map((name) => `var-${name}=${label(labels, name)}`);
  const url = [`/d/${uid}?${variable('datasource:queryparam')}`, ...chosen, variable('__url_time_range')].join('&');
  return { title, url, targetBlank: false };
}

function label(labels: LabelsOf, name: string): string {
  return variable(`${labels === 'row' ? '__data.fields' : '__field.labels'}.${name}:percentencode`);
}

/** What Grafana fills in when the link is clicked. */
function variable(name: string): string {
  return `\${${name}}`;
}

/** As the builders of panels want them. */
export function asDataLink({ title, url, targetBlank }: Link): DashboardLinkBuilder {
  return new DashboardLinkBuilder(title).type(DashboardLinkType.Link).url(url).targetBlank(targetBlank);
}

/** Between the dashboards, with what is chosen. */
export function dashboardsLink(): DashboardLinkBuilder {
  return new DashboardLinkBuilder('RAS dashboards')
    .type(DashboardLinkType.Dashboards)
    .tags([TAG])
    .asDropdown(true)
    .includeVars(true)
    .keepTime(true);
}

/** To the page about the dashboards. */
export function documentationLink(): DashboardLinkBuilder {
  return new DashboardLinkBuilder('Documentation')
    .type(DashboardLinkType.Link)
    .icon('doc')
    .url(`${DOCS}/dashboards.md`)
    .targetBlank(true);
}
