/** Chooses and opens the machine that collectors ask: this one, or a simulated one. */
import { type Config, ConfigError } from '../config/config.ts';
import type { Windows } from './windows.ts';

/** A machine, and why it cannot answer, if that is known already. */
export interface OpenedWindows {
  readonly windows: Windows;
  readonly problem?: Error;
}

/**
 * Opens what the configuration asks for; modules of the other are not loaded.
 *
 * @throws ConfigError for a scenario that cannot be used
 */
export async function openWindows(config: Config): Promise<OpenedWindows> {
  const { api } = config.ras;
  if (api === 'simulated' || (api === 'auto' && process.platform !== 'win32')) {
    return { windows: await openSimulated(config.simulation.scenario) };
  }
  const [{ openRasapi32 }, { openWevtapi }, { openAdvapi32 }] = await Promise.all([
    import('./rasapi32/rasapi32.ts'),
    import('./wevtapi/wevtapi.ts'),
    import('./advapi32/advapi32.ts'),
  ]);
  const ras = openRasapi32();
  const windows: Windows = { name: 'rasapi32', ras, eventLog: openWevtapi(), services: openAdvapi32() };
  try {
    await ras.load();
    return { windows };
  } catch (error) {
    return { windows, problem: error instanceof Error ? error : new Error(String(error)) };
  }
}

async function openSimulated(path: string | undefined): Promise<Windows> {
  const { createSimulatedWindows } = await import('./simulated/windows.ts');
  if (path === undefined) {
    const { BUILTIN_SCENARIO } = await import('./simulated/builtin.ts');
    return createSimulatedWindows({ scenario: BUILTIN_SCENARIO });
  }
  const { readScenario } = await import('./simulated/parse.ts');
  const { ScenarioError } = await import('./simulated/scenario.ts');
  try {
    return createSimulatedWindows({ scenario: readScenario(path) });
  } catch (error) {
    if (error instanceof ScenarioError) throw new ConfigError(`--simulation.scenario: ${error.message}`);
    throw error;
  }
}
