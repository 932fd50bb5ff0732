/** Short ways to scenarios for the tests of the simulated API. */
import type { RasApi } from '../../../src/ras/api.ts';
import { parseScenario } from '../../../src/ras/simulated/parse.ts';
import { createSimulatedApi } from '../../../src/ras/simulated/simulated.ts';

/** A signal that never aborts. */
export const PATIENT = new AbortController().signal;

/** Plays YAML on a clock that the test sets. */
export function play(yaml: string): { readonly api: RasApi; readonly clock: { now: number } } {
  // Not 0: a scenario begins with the API, not with the clock.
  const clock = { now: 5000 };
  const api = createSimulatedApi({ scenario: parseScenario(yaml, 'test.yaml'), clock: () => clock.now });
  return { api, clock };
}

/** Everything that the API says at this moment. */
export async function sayAll(api: RasApi) {
  const connections = await api.enumConnections(PATIENT);
  const entries = await api.enumEntries(PATIENT);
  return {
    connections: await Promise.all(
      connections.map(async (connection) => ({
        ...connection,
        status: await api.getConnectStatus(connection.handle, PATIENT),
        statistics: await api.getConnectionStatistics(connection.handle, PATIENT),
        projection: await api.getProjectionInfo(connection.handle, PATIENT),
      })),
    ),
    entries: await Promise.all(
      entries.map(async (name) => ({ ...name, properties: await api.getEntryProperties(name, PATIENT) })),
    ),
  };
}
