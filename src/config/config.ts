/** Flags and environment → one validated, frozen `Config`. Precedence: flag, environment, default. */
import type { ConnectionsOptions } from '../collectors/connections/connections.ts';
import { environmentVariable, FLAGS, type Flag, type FlagName } from './flags.ts';
import { type OtlpConfig, resolveOtlp } from './otlp.ts';
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
    readonly exporterMetrics: boolean;
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
}

/** A configuration that is refused; the message is one line that says what, where, and what would be right. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ConfigError';
  }
}

/** What the command line gave: texts, by flag. */
export type FlagValues = Readonly<Partial<Record<FlagName, readonly string[]>>>;

interface Given {
  readonly texts: readonly string[];
  /** How to name the place in an error. */
  readonly place: string;
}

/** @throws ConfigError */
export function resolveConfig(flags: FlagValues, environment: Readonly<Record<string, string | undefined>>): Config {
  const given = (name: FlagName): Given => {
    const fromFlag = flags[name];
    if (fromFlag !== undefined) return { texts: fromFlag, place: `--${name}` };
    const variable = environmentVariable(name);
    const fromEnvironment = environment[variable];
    const declared: Flag | undefined = FLAGS.find((flag) => flag.name === name);
    // An empty variable means the same as none: service managers and containers cannot unset one.
    if (fromEnvironment !== undefined && fromEnvironment !== '') {
      return { texts: declared?.repeatable ? parseList(fromEnvironment) : [fromEnvironment], place: variable };
    }
    return { texts: declared?.default === undefined ? [] : [declared.default], place: `--${name}` };
  };
  const all = <T>(name: FlagName, parse: (text: string) => T): T[] => {
    const { texts, place } = given(name);
    return texts.map((text) => at(place, () => parse(text)));
  };
  const optional = <T>(name: FlagName, parse: (text: string) => T): T | undefined => all(name, parse).at(-1);
  const one = <T>(name: FlagName, parse: (text: string) => T): T => {
    const value = optional(name, parse);
    if (value === undefined) throw new ConfigError(`--${name} needs a value`);
    return value;
  };
  const positive = (text: string) => {
    const value = parseDuration(text);
    if (value <= 0) throw new ValueError(`must be longer than 0, not ${quote(text)}`);
    return value;
  };

  return deepFreeze<Config>({
    web: {
      listenAddresses: atLeastOne('web.listen-address', all('web.listen-address', parseListenAddress)),
      telemetryPath: one('web.telemetry-path', parseTelemetryPath),
      maxRequests: one('web.max-requests', (text) => parseInteger(text, 0, 100_000)),
      exporterMetrics: !(optional('web.disable-exporter-metrics', parseBoolean) ?? false),
    },
    collectors: {
      enabled: one('collectors.enabled', parseList),
      disabled: optional('collectors.disabled', parseList) ?? [],
    },
    connections: {
      include: optional('collector.connections.include', parsePattern),
      exclude: optional('collector.connections.exclude', parsePattern),
      expected: optional('collector.connections.expected', parsePattern),
    },
    phonebook: { paths: optional('collector.phonebook.paths', parseList) ?? [] },
    projection: { addresses: optional('collector.projection.addresses', parseBoolean) ?? false },
    events: { since: one('collector.events.since', (text) => (text === 'start' ? 0 : parseDuration(text))) },
    scrape: {
      timeout: one('scrape.timeout', positive),
      timeoutMargin: one('scrape.timeout-margin', parseDuration),
    },
    otlp: resolveOtlp({ optional, at, environment, commandLine: flags['otlp.enabled']?.at(-1) }),
    ras: { api: one('ras.api', (text) => parseChoice(text, RAS_APIS)) },
    simulation: { scenario: optional('simulation.scenario', notEmpty) },
    log: {
      level: one('log.level', (text) => parseChoice(text, LOG_LEVELS)),
      format: one('log.format', (text) => parseChoice(text, LOG_FORMATS)),
      file: one('log.file', notEmpty),
    },
  });
}

function atLeastOne<T>(name: FlagName, values: T[]): T[] {
  if (values.length === 0) throw new ConfigError(`${environmentVariable(name)} must name at least one`);
  return values;
}

function notEmpty(text: string): string {
  if (text === '') throw new ValueError('must not be empty');
  return text;
}

/** Paths that answer something else. */
const TAKEN_PATHS = ['/health', '/version'];

function parseTelemetryPath(text: string): string {
  const path = parsePath(text);
  if (TAKEN_PATHS.includes(path) || path.startsWith('/-/')) {
    throw new ValueError(`must not be ${quote(path)}, which answers something else`);
  }
  return path;
}

function at<T>(place: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ValueError) throw new ConfigError(`${place} ${error.message}`);
    throw error;
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !(value instanceof RegExp)) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}
