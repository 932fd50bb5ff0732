/**
 * The configuration of a running exporter, which a reload replaces.
 *
 * Whoever takes a part of `config` when it is made, and reads it when it works, works with the newest: the parts are views. So
 * nothing that counts is made anew, and no counter falls. What one piece of work reads more than once it copies first.
 */
import { type Config, tryConfigOf } from './config.ts';
import { ConfigError } from './config-error.ts';
import { FLAGS, type FlagName, flagNamed } from './flags.ts';
import { type ConfigSource, type LoadedConfig, loadConfig, tryLoadConfig } from './load.ts';
import { problemsOfNamedFiles } from './named-files.ts';
import { configFileOf, type Setting, type Settings } from './settings.ts';
import { parseList } from './values.ts';

/** What a reload did. */
export interface ReloadReport {
  /** Flags that have changed. */
  readonly changed: readonly FlagName[];
  /** Flags that would have changed, and stay what they are until the next start. */
  readonly kept: readonly FlagName[];
}

/** Looks whether a configuration can be used, and returns what puts it to use, which cannot fail. */
export type Prepare = (config: Config) => () => void;

export class LiveConfig {
  /** Always shows the newest. */
  readonly config: Config;
  #loaded: LoadedConfig;
  readonly #source: ConfigSource | undefined;

  constructor(loaded: LoadedConfig, source: ConfigSource | undefined) {
    this.#loaded = loaded;
    this.#source = source;
    this.config = viewOf(() => this.#loaded.config);
  }

  /** @throws ConfigError */
  static async load(source: ConfigSource): Promise<LiveConfig> {
    return new LiveConfig(await loadConfig(source), source);
  }

  /** One that reloads find as it was. */
  static fixed(config: Config): LiveConfig {
    return new LiveConfig({ settings: new Map(), config }, undefined);
  }

  /** The path of its file, if it has one. */
  get file(): string | undefined {
    return this.#source === undefined ? undefined : configFileOf(this.#source.flags, this.#source.environment);
  }

  /** The texts that it was made of. */
  get settings(): Settings {
    return this.#loaded.settings;
  }

  /**
   * Reads everything again, and puts to use what can change in a running exporter: all of it or, when anything is wrong, nothing.
   *
   * @throws ConfigError
   */
  async reload(prepare: Prepare): Promise<ReloadReport> {
    if (this.#source === undefined) return { changed: [], kept: [] };
    const next = await tryLoadConfig(this.#source);
    // All that is wrong at once: who mends one thing should not have to find the next by another reload.
    const problems = [
      ...next.problems,
      ...(await problemsOfNamedFiles(next.config, true)),
      ...problemsOfUse(prepare, next.config),
    ];
    if (problems.length > 0) throw new ConfigError(problems);
    const different = FLAGS.map(({ name }) => name).filter((name) => differs(name, this.settings, next.settings));
    const isLive = (name: FlagName) => flagNamed(name).live === true;
    const kept = different.filter((name) => !isLive(name));
    const settings = new Map(next.settings);
    for (const name of kept) {
      const setting = this.settings.get(name);
      if (setting !== undefined) settings.set(name, setting);
    }
    // Each setting alone is right; together they may not be.
    const { config, problems: together } = tryConfigOf(settings, this.#source.environment);
    if (together.length > 0) throw new ConfigError(together);
    const use = prepare(config);
    this.#loaded = { settings, config };
    use();
    return { changed: different.filter(isLive), kept };
  }
}

/** Unknown collectors. */
function problemsOfUse(prepare: Prepare, config: Config): readonly string[] {
  try {
    prepare(config);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

function differs(name: FlagName, before: Settings, after: Settings): boolean {
  return textOf(name, before.get(name)) !== textOf(name, after.get(name));
}

/** The same for a list in one text and for its items. */
function textOf(name: FlagName, setting: Setting | undefined): string {
  const texts = setting?.texts ?? [];
  return JSON.stringify(flagNamed(name).list && setting?.items === false ? texts.flatMap(parseList) : texts);
}

function viewOf(current: () => Config): Config {
  const part = <K extends Exclude<keyof Config, 'otlp' | 'warnings'>>(name: K): Config[K] =>
    partView(() => current()[name]);
  return {
    web: part('web'),
    collectors: part('collectors'),
    connections: part('connections'),
    phonebook: part('phonebook'),
    projection: part('projection'),
    events: part('events'),
    scrape: part('scrape'),
    get otlp() {
      return current().otlp;
    },
    ras: part('ras'),
    simulation: part('simulation'),
    log: part('log'),
    get warnings() {
      return current().warnings;
    },
  };
}

/** The target is a copy, because a proxy cannot show anything else than a frozen target holds. */
function partView<T extends object>(current: () => T): T {
  return new Proxy<T>({ ...current() }, { get: (_, name) => Reflect.get(current(), name) });
}
