/**
 * Where metrics are pushed to, if anywhere: our flags, then the variables of the OpenTelemetry specification, of which that for
 * metrics comes before that for everything (https://opentelemetry.io/docs/specs/otel/protocol/exporter/).
 *
 * Nothing that these hold is repeated in an error where it may be a secret.
 */
import type { FlagName } from './flags.ts';
import type { TlsFiles } from './otlp-files.ts';
import {
  OTLP_PROTOCOLS,
  type OtlpProtocol,
  parseEndpoint,
  parseHeaders,
  parseMilliseconds,
  parseResourceAttributes,
} from './otlp-values.ts';
import { parseBoolean, parseChoice, parseDuration, parseList, quote, ValueError } from './values.ts';

const LEVELS = ['none', 'error', 'warn', 'info', 'debug', 'verbose', 'all'] as const;

/** Milliseconds. A timer that is given more than 2^31 fires at once. */
const INTERVAL = { shortest: 100, longest: 24 * 3_600_000, default: 60_000 };

/** What OTEL_METRICS_EXPORTER may hold; all but the first is for others. */
const EXPORTERS = ['otlp', 'prometheus', 'console', 'logging', 'none'];

/** How to push. */
export interface OtlpConfig {
  /** URL; over HTTP with the path that takes metrics, over gRPC without one. */
  readonly endpoint: string;
  readonly protocol: OtlpProtocol;
  /** Milliseconds from push to push. */
  readonly interval: number;
  /** Milliseconds that a push may take with all its attempts; less than the interval. */
  readonly timeout: number;
  /** By name in lower case. The values are secrets. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsFiles;
  /** What was said about the resource, `service.name` among it if it was. */
  readonly resource: Readonly<Record<string, string>>;
  /** How much of what the SDK says goes to the log. */
  readonly logLevel: (typeof LEVELS)[number];
}

/** Where values come from. */
export interface OtlpSources {
  /** The value of a flag, or of its own variable. */
  optional<T>(name: FlagName, parse: (text: string) => T): T | undefined;
  /** Parses what stands at a place, which an error then names. */
  at<T>(place: string, parse: () => T): T;
  /** What is wrong, but no reason to refuse anything. */
  warn(warning: string): void;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The value of a flag that only the configuration file sets, which the environment wins over. */
  ofFile<T>(name: FlagName, parse: (text: string) => T): T | undefined;
  /** Whether `--otlp.enabled` stands on the command line, which nothing wins over. */
  readonly isOnCommandLine: boolean;
}

/** Returns nothing when nothing is to be pushed; variables that are meant for other programs are not looked at then. */
export function resolveOtlp(sources: OtlpSources): OtlpConfig | undefined {
  const { optional, ofFile } = sources;
  const standard = standardVariables(sources);
  // Flags are looked at in any case: a wrong one is never passed over.
  const enabled = optional('otlp.enabled', parseBoolean) ?? ofFile('otlp.enabled', parseBoolean);
  const givenProtocol = optional('otlp.protocol', parseProtocol);
  const fileProtocol = ofFile('otlp.protocol', parseProtocol);
  // Unless a flag says otherwise the protocol may be any: gRPC takes every address that another takes.
  const anyProtocol = givenProtocol ?? fileProtocol ?? 'grpc';
  const anyEndpoint = (text: string) => parseEndpoint(text, anyProtocol, { insecure: false, complete: true });
  const givenEndpoint = optional('otlp.endpoint', anyEndpoint) ?? ofFile('otlp.endpoint', anyEndpoint);
  const givenInterval = optional('otlp.interval', parseInterval);
  const fileInterval = ofFile('otlp.interval', parseInterval);
  const sendable = (text: string) => parseHeaders(text, givenProtocol ?? fileProtocol ?? 'http/protobuf');
  optional('otlp.headers', sendable);
  ofFile('otlp.headers', sendable);
  if (!isOn(sources, standard, enabled, givenEndpoint)) return undefined;
  refuseUnusable(standard);

  const protocol = givenProtocol ?? standard.ofExporter('PROTOCOL', parseProtocol) ?? fileProtocol ?? 'http/protobuf';
  const insecure = standard.ofExporter('INSECURE', standard.toBoolean) ?? false;
  const headers = (text: string) => parseHeaders(text, protocol);
  const base = (text: string) => parseEndpoint(text, protocol, { insecure, complete: false });
  const endpoint =
    optional('otlp.endpoint', base) ??
    standard.own('OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', (text) =>
      parseEndpoint(text, protocol, { insecure, complete: true }),
    ) ??
    standard.own('OTEL_EXPORTER_OTLP_ENDPOINT', base) ??
    ofFile('otlp.endpoint', base) ??
    base(protocol === 'grpc' ? 'http://localhost:4317' : 'http://localhost:4318');
  const interval =
    givenInterval ??
    standard.own('OTEL_METRIC_EXPORT_INTERVAL', (text) => withinBounds(parseMilliseconds(text), text)) ??
    fileInterval ??
    INTERVAL.default;
  return {
    endpoint,
    protocol,
    interval,
    timeout: Math.min(
      standard.ofExporter('TIMEOUT', parseMilliseconds) ?? 10_000,
      standard.own('OTEL_METRIC_EXPORT_TIMEOUT', parseMilliseconds) ?? 30_000,
      0.8 * interval,
    ),
    headers: {
      ...ofFile('otlp.headers', headers),
      ...standard.own('OTEL_EXPORTER_OTLP_HEADERS', headers),
      ...standard.own('OTEL_EXPORTER_OTLP_METRICS_HEADERS', headers),
      ...optional('otlp.headers', headers),
    },
    tls: tlsFiles(sources, standard),
    resource: {
      ...standard.own('OTEL_RESOURCE_ATTRIBUTES', parseResourceAttributes),
      ...standard.own('OTEL_SERVICE_NAME', (text) => ({ 'service.name': text.trim() })),
    },
    logLevel: standard.own('OTEL_LOG_LEVEL', (text) => parseChoice(text.toLowerCase(), LEVELS)) ?? 'info',
  };
}

interface StandardVariables {
  /** The value of one variable. */
  own<T>(variable: string, parse: (text: string, variable: string) => T): T | undefined;
  /** The value of `OTEL_EXPORTER_OTLP_METRICS_{name}`, else of `OTEL_EXPORTER_OTLP_{name}`. */
  ofExporter<T>(name: string, parse: (text: string, variable: string) => T): T | undefined;
  /** Everything but `true` is false, as the specification has it, with a warning where it may have been meant otherwise. */
  toBoolean(text: string, variable: string): boolean;
}

/** An empty variable means the same as none, as the specification has it. */
function standardVariables({ environment, at, warn }: OtlpSources): StandardVariables {
  const own = <T>(variable: string, parse: (text: string, variable: string) => T): T | undefined => {
    const text = environment[variable];
    return text === undefined || text.trim() === '' ? undefined : at(variable, () => parse(text, variable));
  };
  return {
    own,
    ofExporter: (name, parse) =>
      own(`OTEL_EXPORTER_OTLP_METRICS_${name}`, parse) ?? own(`OTEL_EXPORTER_OTLP_${name}`, parse),
    toBoolean(text, variable) {
      const word = text.trim().toLowerCase();
      if (word !== 'true' && word !== 'false') warn(`${variable} must be true or false: what it is counts as false`);
      return word === 'true';
    },
  };
}

function isOn(
  { isOnCommandLine, warn }: OtlpSources,
  standard: StandardVariables,
  enabled: boolean | undefined,
  givenEndpoint: string | undefined,
): boolean {
  if (isOnCommandLine && enabled !== undefined) return enabled;
  const isAsked = enabled === true || givenEndpoint !== undefined;
  // Without either, what the variables hold is meant for other programs.
  if (enabled === false || (!isAsked && standard.ofExporter('ENDPOINT', (text) => text) === undefined)) return false;
  if (standard.own('OTEL_SDK_DISABLED', standard.toBoolean) ?? false) return false;
  if (isAsked) return true;
  const exporters = standard.own('OTEL_METRICS_EXPORTER', parseList) ?? ['otlp'];
  for (const name of exporters.filter((exporter) => !EXPORTERS.includes(exporter))) {
    warn(`OTEL_METRICS_EXPORTER holds ${quote(name)}, which is none of ${EXPORTERS.join(', ')}`);
  }
  return exporters.includes('otlp');
}

function parseProtocol(text: string): OtlpProtocol {
  return parseChoice(text, OTLP_PROTOCOLS);
}

function parseInterval(text: string): number {
  return withinBounds(parseDuration(text), text);
}

function withinBounds(interval: number, text: string): number {
  if (interval >= INTERVAL.shortest && interval <= INTERVAL.longest) return interval;
  throw new ValueError(`must be from 100ms to 24h, not ${quote(text)}`);
}

/** Their names only: files are looked at when the exporter starts, and read when a connection is made. */
function tlsFiles({ at }: OtlpSources, standard: StandardVariables): TlsFiles {
  const named = (name: string) => standard.ofExporter(name, (text, variable) => ({ path: text.trim(), variable }));
  const tls = { ca: named('CERTIFICATE'), cert: named('CLIENT_CERTIFICATE'), key: named('CLIENT_KEY') };
  const alone = tls.cert === undefined ? tls.key : tls.key === undefined ? tls.cert : undefined;
  if (alone !== undefined) {
    at(alone.variable, () => {
      throw new ValueError('is of no use alone: certificate and key of the client belong together');
    });
  }
  return tls;
}

/** What the exporters of the SDK read by themselves; a wrong value they would only pass over. */
function refuseUnusable(standard: StandardVariables): void {
  standard.ofExporter('COMPRESSION', (text) => parseChoice(text, ['gzip', 'none']));
  standard.own('OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE', (text) => {
    // "lowmemory" leaves counters that are observed, as all of ours are, cumulative.
    if (['cumulative', 'lowmemory'].includes(text.trim().toLowerCase())) return;
    throw new ValueError(`must be cumulative, not ${quote(text)}: what is pushed is what /metrics shows`);
  });
}
