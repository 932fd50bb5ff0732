/** The texts of every flag, and where each comes from. Precedence: flag, environment, file, default. */
import { environmentVariable, FLAGS, type FlagName, flagNamed } from './flags.ts';
import { parseList } from './values.ts';

/** What the command line gave: texts, by flag. */
export type FlagValues = Readonly<Partial<Record<FlagName, readonly string[]>>>;

/** What flags are that nobody sets, where that is not what `flags.ts` says. */
export type FlagDefaults = Readonly<Partial<Record<FlagName, string>>>;

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a flag was set to, before anybody looks whether it can be used. */
export interface Setting {
  readonly texts: readonly string[];
  /** Whether `texts` are the items of a list, which else stand in one text between commas. */
  readonly items: boolean;
  readonly origin: 'flag' | 'environment' | 'file' | 'default';
  /** How an error names the place: `--log.level`, `RAS_EXPORTER_LOG_LEVEL`, `ras.yml:3: log.level`. */
  readonly place: string;
}

/** Every flag, also those that are not set. */
export type Settings = ReadonlyMap<FlagName, Setting>;

/** What the configuration file sets. */
export type FileSettings = ReadonlyMap<FlagName, Setting>;

/** The settings that hold. */
export function gatherSettings(
  flags: FlagValues,
  environment: Environment,
  file: FileSettings = new Map(),
  defaults: FlagDefaults = {},
): Settings {
  return new Map(
    FLAGS.map(({ name }) => {
      const setting = fromFlag(name, flags) ?? fromEnvironment(name, environment) ?? file.get(name);
      return [name, setting ?? defaultSetting(name, defaults)];
    }),
  );
}

/** The path of the configuration file, which cannot name itself. */
export function configFileOf(flags: FlagValues, environment: Environment): string | undefined {
  return (fromFlag('config.file', flags) ?? fromEnvironment('config.file', environment))?.texts.at(-1);
}

/** What a flag is when nobody sets it. */
export function defaultSetting(name: FlagName, defaults: FlagDefaults = {}): Setting {
  const text = defaults[name] ?? flagNamed(name).default;
  return { texts: text === undefined ? [] : [text], items: false, origin: 'default', place: `--${name}` };
}

function fromFlag(name: FlagName, flags: FlagValues): Setting | undefined {
  const texts = flags[name];
  return texts === undefined ? undefined : { texts, items: false, origin: 'flag', place: `--${name}` };
}

function fromEnvironment(name: FlagName, environment: Environment): Setting | undefined {
  const variable = environmentVariable(name);
  const text = environment[variable];
  // An empty variable means the same as none: service managers and containers cannot unset one.
  if (text === undefined || text === '') return undefined;
  const texts = flagNamed(name).repeatable ? parseList(text) : [text];
  return { texts, items: false, origin: 'environment', place: variable };
}
