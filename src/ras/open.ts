/** Chooses and opens the implementation of `RasApi`. */
import { type Config, ConfigError } from '../config/config.ts';
import type { RasApi } from './api.ts';

/** An API, and why it cannot answer, if that is known already. */
export interface OpenedApi {
  readonly ras: RasApi;
  readonly problem?: Error;
}

/**
 * Opens the API that the configuration asks for; modules of the other are not loaded.
 *
 * @throws ConfigError for a scenario that cannot be used
 */
export async function openRasApi(config: Config): Promise<OpenedApi> {
  const { api } = config.ras;
  if (api === 'simulated' || (api === 'auto' && process.platform !== 'win32')) {
    return { ras: await openSimulated(config.simulation.scenario) };
  }
  const { openRasapi32 } = await import('./rasapi32/rasapi32.ts');
  const ras = openRasapi32();
  try {
    await ras.load();
    return { ras };
  } catch (error) {
    return { ras, problem: error instanceof Error ? error : new Error(String(error)) };
  }
}

async function openSimulated(path: string | undefined): Promise<RasApi> {
  const { createSimulatedApi } = await import('./simulated/simulated.ts');
  if (path === undefined) {
    const { BUILTIN_SCENARIO } = await import('./simulated/builtin.ts');
    return createSimulatedApi({ scenario: BUILTIN_SCENARIO });
  }
  const { readScenario } = await import('./simulated/parse.ts');
  const { ScenarioError } = await import('./simulated/scenario.ts');
  try {
    return createSimulatedApi({ scenario: readScenario(path) });
  } catch (error) {
    if (error instanceof ScenarioError) throw new ConfigError(`--simulation.scenario: ${error.message}`);
    throw error;
  }
}
