/** Loads the configuration from all its sources, at the start and at each reload. */
import { type Config, tryConfigOf } from './config.ts';
import { ConfigError } from './config-error.ts';
import {
  configFileOf,
  type Environment,
  type FlagDefaults,
  type FlagValues,
  gatherSettings,
  type Settings,
} from './settings.ts';

/** Where a configuration comes from. The file is named by the one or the other. */
export interface ConfigSource {
  readonly flags: FlagValues;
  readonly environment: Environment;
  readonly defaults?: FlagDefaults;
}

/** A configuration, and the texts that it was made of. */
export interface LoadedConfig {
  readonly settings: Settings;
  readonly config: Config;
}

/** @throws ConfigError with everything that is wrong, in the file and elsewhere */
export async function loadConfig(source: ConfigSource): Promise<LoadedConfig> {
  const { problems, ...loaded } = await tryLoadConfig(source);
  if (problems.length > 0) throw new ConfigError(problems);
  return loaded;
}

/** The configuration with the defaults in place of what is wrong, and one line for each thing that is. */
export async function tryLoadConfig({
  flags,
  environment,
  defaults,
}: ConfigSource): Promise<LoadedConfig & { readonly problems: readonly string[] }> {
  const file = configFileOf(flags, environment);
  if (file === '') throw new ConfigError('--config.file must not be empty');
  // Most starts read no file, and then no YAML library is loaded.
  const reading = file === undefined ? undefined : (await import('./file.ts')).readConfigFile(file);
  const settings = gatherSettings(flags, environment, reading?.settings, defaults);
  const { config, problems } = tryConfigOf(settings, environment);
  return { settings, config, problems: [...(reading?.problems ?? []), ...problems] };
}
