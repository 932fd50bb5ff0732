/** Whether the files that a configuration names can be used: asked before a configuration is taken, and by `config check`. */
import type { Config } from './config.ts';
import { ConfigError } from './config-error.ts';

/** @throws ConfigError for files that cannot be used */
type FileCheck = (config: Config) => Promise<void>;

/** One line for each kind of file; what reads the file is loaded only where one is named. */
const CHECKS: readonly FileCheck[] = [checkScenario, checkWebConfig];

/** @returns one line for each file that cannot be used */
export async function problemsOfNamedFiles(config: Config): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const check of CHECKS) {
    try {
      await check(config);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(...error.problems);
    }
  }
  return problems;
}

async function checkScenario({ simulation }: Config): Promise<void> {
  if (simulation.scenario === undefined) return;
  const { readScenario } = await import('../ras/simulated/parse.ts');
  const { ScenarioError } = await import('../ras/simulated/scenario.ts');
  try {
    readScenario(simulation.scenario);
  } catch (error) {
    if (error instanceof ScenarioError) throw new ConfigError(`--simulation.scenario: ${error.message}`);
    throw error;
  }
}

async function checkWebConfig({ web }: Config): Promise<void> {
  if (web.configFile === undefined) return;
  const { validateWebConfig } = await import('../web/config/validate.ts');
  const { WebConfigError } = await import('../web/config/web-config.ts');
  try {
    validateWebConfig(web.configFile);
  } catch (error) {
    if (error instanceof WebConfigError) throw new ConfigError(`--web.config.file: ${error.message}`);
    throw error;
  }
}
