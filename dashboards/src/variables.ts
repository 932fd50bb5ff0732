/** The variables of the dashboards: data source → job → instance → entry, each offering what those before it leave. */
import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DATA_SOURCE } from './project.ts';

/** Label matchers of the chosen jobs: for what is recorded for a whole job. */
export const JOB = 'job=~"$job"';

/** Label matchers of the chosen machines. */
export const MACHINE = `${JOB}, instance=~"$instance"`;

/** Label matchers of the chosen entries on the chosen machines. */
export const ENTRY = `${MACHINE}, entry=~"$entry"`;

export function dataSourceVariable(): DatasourceVariableBuilder {
  return new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus');
}

export function jobVariable(): QueryVariableBuilder {
  return queryVariable('job', 'Job', 'label_values(ras_exporter_build_info, job)').includeAll(true);
}

/**
 * @param all whether all machines may be asked for at once. Without it the first one is shown to begin with, and several may be
 *   chosen: what is drawn over time for each series would be too much for thousands of machines.
 */
export function instanceVariable({ all }: { readonly all: boolean }): QueryVariableBuilder {
  const query = `label_values(ras_exporter_build_info{${JOB}}, instance)`;
  return queryVariable('instance', 'Instance', query).includeAll(all);
}

export function entryVariable(): QueryVariableBuilder {
  return queryVariable('entry', 'Entry', `label_values(ras_connection_up{${MACHINE}}, entry)`).includeAll(true);
}

function queryVariable(name: string, label: string, query: string): QueryVariableBuilder {
  const variable = new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATA_SOURCE)
    // The text form: Grafana reads it in every version.
    .query(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .multi(true)
    // Not a list of all values: there may be thousands.
    .allValue('.+');
  // oxlint-disable-next-line unicorn/no-array-sort -- not an array
  return variable.sort(VariableSort.NaturalAsc);
}
