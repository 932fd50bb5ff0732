/** Loads the configuration from all its sources, at the start and at each reload. */
import { type Config, type TriedConfig, tryConfigOf } from './config.ts';
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
  const { settings, config, problems } = await tryLoadConfig(source);
  if (problems.length > 0) throw new ConfigError(problems);
  return { settings, config };
}

/** A configuration with the defaults in place of what is wrong, and one line for each thing that is. */
export interface TriedLoad extends LoadedConfig, TriedConfig {
  /** Those of `problems` for which something that the file says is not in `settings`. */
  readonly unread: readonly string[];
}

export async function tryLoadConfig({ flags, environment, defaults }: ConfigSource): Promise<TriedLoad> {
  const file = configFileOf(flags, environment);
  if (file === '') throw new ConfigError('--config.file must not be empty');
  // Most starts read no file, and then no YAML library is loaded.
  const reading = file === undefined ? undefined : (await import('./file.ts')).readConfigFile(file);
  const settings = gatherSettings(flags, environment, reading?.settings, defaults);
  const tried = tryConfigOf(settings, environment);
  const unread = reading?.problems ?? [];
  return { ...tried, settings, unread, problems: [...unread, ...tried.problems] };
}
