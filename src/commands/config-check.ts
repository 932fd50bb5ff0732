/** `ras_exporter config check FILE`: what the exporter would make of a configuration file. */
import { chooseCollectors } from '../collectors/choose.ts';
import { allCollectors } from '../collectors/index.ts';
import { ConfigError } from '../config/config-error.ts';
import { type ConfigSource, type LoadedConfig, tryLoadConfig } from '../config/load.ts';
import { problemsOfNamedFiles } from '../config/named-files.ts';
import { settingsAsYaml } from '../config/show.ts';
import { printable } from '../text/printable.ts';

/**
 * Checks a file together with the flags and the environment that the exporter would be started with, as a start would, and the
 * files that it names.
 *
 * @returns the configuration as YAML, with where each setting comes from and without secrets
 * @throws ConfigError with everything that is wrong
 */
export async function checkConfig(file: string, { flags, environment }: ConfigSource): Promise<string> {
  const { settings, config, problems } = await examineConfig({
    flags: { ...flags, 'config.file': [file] },
    environment,
  });
  if (problems.length > 0) throw new ConfigError(problems);
  const warnings = config.warnings.map((warning) => `# Warning: ${printable(warning)}\n`).join('');
  return `# ${printable(file)} can be used. The exporter would run with:\n${warnings}${settingsAsYaml(settings)}`;
}

/** What a start would find: the configuration, and one line for each thing that is wrong, also in the files that it names. */
export async function examineConfig(
  source: ConfigSource,
): Promise<LoadedConfig & { readonly problems: readonly string[] }> {
  const { settings, config, problems } = await tryLoadConfig(source);
  const all = [...problems, ...(await problemsOfNamedFiles(config))];
  try {
    chooseCollectors(allCollectors(config), config.collectors);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    all.push(...error.problems);
  }
  return { settings, config, problems: all };
}
