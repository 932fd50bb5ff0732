/** Flags, environment and file → one validated, frozen `Config`. */
import type { ConnectionsOptions } from '../collectors/connections/connections.ts';
import { ConfigError } from './config-error.ts';
import type { FlagName } from './flags.ts';
import { type OtlpConfig, resolveOtlp } from './otlp.ts';
import { withoutSecrets } from './secrets.ts';
import {
  defaultSetting,
  type Environment,
  type FileSettings,
  type FlagValues,
  gatherSettings,
  type Setting,
  type Settings,
} from './settings.ts';
import {
  type ListenAddress,
  parseBoolean,
  parseChoice,
  parseDuration,
  parseInteger,
  parseList,
  parseListenAddress,
  parsePath,
  parsePattern,
  quote,
  ValueError,
} from './values.ts';

const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
const LOG_FORMATS = ['logfmt', 'json'] as const;
const RAS_APIS = ['auto', 'rasapi32', 'simulated'] as const;

/** Everything that can be set. */
export interface Config {
  readonly web: {
    readonly listenAddresses: readonly ListenAddress[];
    readonly telemetryPath: string;
    /** Scrapes in flight; 0 = no limit. */
    readonly maxRequests: number;
    /** Whether `POST /-/reload` is allowed. */
    readonly lifecycle: boolean;
    readonly exporterMetrics: boolean;
    /** TLS, users, headers, rate limit. */
    readonly configFile: string | undefined;
  };
  readonly collectors: { readonly enabled: readonly string[]; readonly disabled: readonly string[] };
  readonly connections: ConnectionsOptions;
  readonly phonebook: { readonly paths: readonly string[] };
  readonly projection: { readonly addresses: boolean };
  /** Milliseconds before the start of the exporter. */
  readonly events: { readonly since: number };
  /** Milliseconds. */
  readonly scrape: { readonly timeout: number; readonly timeoutMargin: number };
  /** Absent when nothing is pushed. */
  readonly otlp: OtlpConfig | undefined;
  readonly ras: { readonly api: (typeof RAS_APIS)[number] };
  readonly simulation: { readonly scenario: string | undefined };
  readonly log: {
    readonly level: (typeof LOG_LEVELS)[number];
    readonly format: (typeof LOG_FORMATS)[number];
    readonly file: string;
  };
  /** What is wrong, and does not keep anything from running. */
  readonly warnings: readonly string[];
}

export { ConfigError } from './config-error.ts';
export type { FlagValues } from './settings.ts';

/** @throws ConfigError with everything that is wrong */
export function resolveConfig(flags: FlagValues, environment: Environment, file?: FileSettings): Config {
  const { config, problems } = tryConfigOf(gatherSettings(flags, environment, file), environment);
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** A configuration with the defaults in place of what is wrong. */
export interface TriedConfig {
  readonly config: Config;
  /** One line for each flag and variable that is wrong. */
  readonly problems: readonly string[];
  /** The flags that are. */
  readonly wrong: ReadonlySet<FlagName>;
}

export function tryConfigOf(settings: Settings, environment: Environment): TriedConfig {
  const problems: string[] = [];
  const wrong = new Set<FlagName>();
  const right = new Map(settings);
  // Those of OpenTelemetry, which are no flags.
  let variables = environment;
  for (;;) {
    try {
      return { config: build(right, variables), problems, wrong };
    } catch (error) {
      if (error instanceof VariableProblem) {
        problems.push(error.message);
        variables = { ...variables, [error.variable]: undefined };
        continue;
      }
      if (!(error instanceof FlagProblem)) throw error;
      problems.push(error.message);
      wrong.add(error.flag);
      // What else is wrong shows when this flag is right, as its default is.
      right.set(error.flag, defaultSetting(error.flag));
    }
  }
}

/** One flag that is wrong. */
class FlagProblem extends Error {
  readonly flag: FlagName;

  constructor(flag: FlagName, message: string) {
    super(message);
    this.flag = flag;
  }
}

/** One variable of OpenTelemetry that is wrong. */
class VariableProblem extends Error {
  readonly variable: string;

  constructor(variable: string, message: string) {
    super(message);
    this.variable = variable;
  }
}

/** @throws FlagProblem, VariableProblem */
function build(settings: Settings, environment: Environment): Config {
  const given = (name: FlagName): Setting => settings.get(name) ?? defaultSetting(name);
  const all = <T>(name: FlagName, parse: (text: string) => T): T[] => {
    const setting = given(name);
    return setting.texts.map((text) => at(name, setting, () => parse(text)));
  };
  const optional = <T>(name: FlagName, parse: (text: string) => T): T | undefined => all(name, parse).at(-1);
  const one = <T>(name: FlagName, parse: (text: string) => T): T => {
    const value = optional(name, parse);
    if (value === undefined) throw new FlagProblem(name, `${given(name).place} needs a value`);
    return value;
  };
  const list = (name: FlagName): readonly string[] => {
    const { texts, items } = given(name);
    return items ? texts : parseList(texts.at(-1) ?? '');
  };
  const positive = (text: string) => {
    const value = parseDuration(text);
    if (value <= 0) throw new ValueError(`must be longer than 0, not ${quote(text)}`);
    return value;
  };

  const warnings: string[] = [];

  return deepFreeze<Config>({
    web: {
      listenAddresses: atLeastOne('web.listen-address', given, all('web.listen-address', parseListenAddress)),
      telemetryPath: one('web.telemetry-path', parseTelemetryPath),
      maxRequests: one('web.max-requests', (text) => parseInteger(text, 0, 100_000)),
      lifecycle: optional('web.enable-lifecycle', parseBoolean) ?? false,
      exporterMetrics: !(optional('web.disable-exporter-metrics', parseBoolean) ?? false),
      configFile: optional('web.config.file', notEmpty),
    },
    collectors: { enabled: list('collectors.enabled'), disabled: list('collectors.disabled') },
    connections: {
      include: optional('collector.connections.include', parsePattern),
      exclude: optional('collector.connections.exclude', parsePattern),
      expected: optional('collector.connections.expected', parsePattern),
    },
    phonebook: { paths: list('collector.phonebook.paths') },
    projection: { addresses: optional('collector.projection.addresses', parseBoolean) ?? false },
    events: { since: one('collector.events.since', (text) => (text === 'start' ? 0 : parseDuration(text))) },
    scrape: {
      timeout: one('scrape.timeout', positive),
      timeoutMargin: one('scrape.timeout-margin', parseDuration),
    },
    otlp: resolveOtlp({
      optional: (name, parse) => (given(name).origin === 'file' ? undefined : optional(name, parse)),
      ofFile: (name, parse) => (given(name).origin === 'file' ? optional(name, parse) : undefined),
      at: atVariable,
      warn: (warning) => void warnings.push(warning),
      environment,
      isOnCommandLine: given('otlp.enabled').origin === 'flag',
    }),
    ras: { api: one('ras.api', (text) => parseChoice(text, RAS_APIS)) },
    simulation: { scenario: optional('simulation.scenario', notEmpty) },
    log: {
      level: one('log.level', (text) => parseChoice(text, LOG_LEVELS)),
      format: one('log.format', (text) => parseChoice(text, LOG_FORMATS)),
      file: one('log.file', notEmpty),
    },
    warnings,
  });
}

function atLeastOne<T>(name: FlagName, given: (name: FlagName) => Setting, values: T[]): T[] {
  if (values.length === 0) throw new FlagProblem(name, `${given(name).place} must name at least one`);
  return values;
}

function notEmpty(text: string): string {
  if (text === '') throw new ValueError('must not be empty');
  return text;
}

/** Paths that answer something else. */
const TAKEN_PATHS = ['/health', '/version', '/debug/scrape'];

function parseTelemetryPath(text: string): string {
  const path = parsePath(text);
  if (TAKEN_PATHS.includes(path) || path.startsWith('/-/')) {
    throw new ValueError(`must not be ${quote(path)}, which answers something else`);
  }
  return path;
}

function at<T>(flag: FlagName, { place }: Setting, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new FlagProblem(flag, `${place} ${withoutSecrets(error.message)}`);
  }
}

function atVariable<T>(variable: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new VariableProblem(variable, `${variable} ${withoutSecrets(error.message)}`);
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !(value instanceof RegExp)) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}
