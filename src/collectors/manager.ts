/**
 * Collector `manager`: whether the service RasMan runs, without which there is no RAS connection.
 *
 * Reads its state from the service control manager (QueryServiceStatusEx), which starts nothing; needs no privilege.
 */
import { gauge } from '../metrics/metric.ts';
import { RASMAN, SERVICE_STATES, type ServiceState } from '../ras/service-manager.ts';
import type { Collector } from './collector.ts';

const running = gauge('ras_manager_running', {
  help: 'Whether the service RasMan runs (1) or not, also because it is not installed (0) (QueryServiceStatusEx, dwCurrentState).',
});
// Tells one that is not installed from one that is stopped, and one that hangs while it starts or stops from both.
const managerState = gauge('ras_manager_state', {
  help: 'State of the service RasMan: 1 for the state it is in, 0 for the others (QueryServiceStatusEx, dwCurrentState).',
  labels: ['state'],
});

const states = stateNames().map((state) => ({ state, series: managerState.series({ state }) }));

export function managerCollector(): Collector {
  return {
    name: 'manager',
    lane: 'advapi32',
    metrics: [running, managerState],
    enabledByDefault: true,
    async collect({ services, signal, report }) {
      const seen = await services.queryState(RASMAN, signal);
      report(() => [
        running.of(seen === 'running' ? 1 : 0),
        managerState.family(states.map(({ state, series }) => series.at(state === seen ? 1 : 0))),
      ]);
    },
  };
}

function stateNames(): readonly ServiceState[] {
  const names: ServiceState[] = [];
  for (const name in SERVICE_STATES) if (isState(name)) names.push(name);
  return names;
}

function isState(name: string): name is ServiceState {
  return Object.hasOwn(SERVICE_STATES, name);
}
