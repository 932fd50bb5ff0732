/** Whether the files that a configuration names can be used: asked before a configuration is taken, and by `config check`. */
import type { Config } from './config.ts';
import { ConfigError } from './config-error.ts';

/** @throws ConfigError for files that cannot be used */
type FileCheck = (config: Config) => Promise<void>;

/** One line for each kind of file; what reads the file is loaded only where one is named. */
const CHECKS: readonly FileCheck[] = [checkScenario, checkWebConfig];

/** Those of settings that a reload leaves as they are: whatever has become of them, it must not fail for that. */
const CHECKS_OF_START: readonly FileCheck[] = [checkTlsOfOtlp];

/**
 * @param isReload whether only that counts which a reload takes
 * @returns one line for each file that cannot be used
 */
export async function problemsOfNamedFiles(config: Config, isReload = false): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const check of isReload ? CHECKS : [...CHECKS, ...CHECKS_OF_START]) {
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

async function checkTlsOfOtlp({ otlp }: Config): Promise<void> {
  if (otlp === undefined) return;
  const { checkTlsFiles } = await import('./otlp-files.ts');
  checkTlsFiles(otlp.tls);
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
