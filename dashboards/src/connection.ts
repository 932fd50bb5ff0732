/** `RAS / Connection`: one entry of one machine (or a few of them). What it does, why it fails, what it carries. */
import { AnnotationQueryBuilder, type Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { diallingRow } from './connection-dialling.ts';
import { stateRow } from './connection-state.ts';
import { negotiatedRow, trafficRow } from './connection-traffic.ts';
import { dashboard } from './dashboard.ts';
import { DATA_SOURCE, UIDS } from './project.ts';
import { dataSourceVariable, ENTRY, entryVariable, instanceVariable, jobVariable } from './variables.ts';

/** A mark at each time that a metric has said, wherever it lies between two scrapes. */
function marks(name: string, metric: string, color: string): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(DATA_SOURCE)
    .enable(true)
    .hide(false)
    .iconColor(color)
    .expr(`${metric}{${ENTRY}} * 1000 > $__from < $__to`)
    .useValueForTime(true)
    .step('60s')
    .titleFormat(name)
    .textFormat('{{entry}} @ {{instance}}')
    .tagKeys('entry,instance');
}

/** Builds the dashboard. */
export function connection(): Dashboard {
  return dashboard({
    uid: UIDS.connection,
    title: 'RAS / Connection',
    description: 'One VPN connection: its states, its dials and why they fail, its traffic, what it negotiated.',
    variables: [dataSourceVariable(), jobVariable(), instanceVariable({ all: false }), entryVariable()],
    annotations: [
      marks('Connected', 'ras_last_connected_timestamp_seconds', 'green'),
      marks('Disconnected', 'ras_last_disconnected_timestamp_seconds', 'orange'),
      marks('Failed', 'ras_last_failure_timestamp_seconds', 'red'),
    ],
    rows: [stateRow, diallingRow, trafficRow, negotiatedRow],
  });
}
