/**
 * Where metrics are pushed to, if anywhere: our flags, then the variables of the OpenTelemetry specification, of which that for
 * metrics comes before that for everything (https://opentelemetry.io/docs/specs/otel/protocol/exporter/).
 *
 * Nothing that these hold is repeated in an error where it may be a secret.
 */
import { readFileSync } from 'node:fs';
import type { FlagName } from './flags.ts';
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
  /** PEM texts; the key is a secret. */
  readonly tls: {
    readonly ca: string | undefined;
    readonly cert: string | undefined;
    readonly key: string | undefined;
  };
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
  const givenEndpoint = optional('otlp.endpoint', asIs) ?? ofFile('otlp.endpoint', asIs);
  const givenProtocol = optional('otlp.protocol', parseProtocol);
  const fileProtocol = ofFile('otlp.protocol', parseProtocol);
  const givenInterval = optional('otlp.interval', parseInterval);
  const fileInterval = ofFile('otlp.interval', parseInterval);
  const givenHeaders = optional('otlp.headers', parseHeaders);
  const fileHeaders = ofFile('otlp.headers', parseHeaders);
  if (!isOn(sources, standard, enabled, givenEndpoint)) return undefined;
  refuseUnusable(standard);

  const protocol = givenProtocol ?? standard.ofExporter('PROTOCOL', parseProtocol) ?? fileProtocol ?? 'http/protobuf';
  const insecure = standard.ofExporter('INSECURE', (text) => text.trim().toLowerCase() === 'true') ?? false;
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
      0.9 * interval,
    ),
    headers: {
      ...fileHeaders,
      ...standard.own('OTEL_EXPORTER_OTLP_HEADERS', parseHeaders),
      ...standard.own('OTEL_EXPORTER_OTLP_METRICS_HEADERS', parseHeaders),
      ...givenHeaders,
    },
    tls: readTls(sources, standard),
    resource: {
      ...standard.own('OTEL_RESOURCE_ATTRIBUTES', parseResourceAttributes),
      ...standard.own('OTEL_SERVICE_NAME', (text) => ({ 'service.name': text.trim() })),
    },
    logLevel: standard.own('OTEL_LOG_LEVEL', (text) => parseChoice(text.toLowerCase(), LEVELS)) ?? 'info',
  };
}

interface StandardVariables {
  /** The value of one variable. */
  own<T>(variable: string, parse: (text: string) => T): T | undefined;
  /** The value of `OTEL_EXPORTER_OTLP_METRICS_{name}`, else of `OTEL_EXPORTER_OTLP_{name}`. */
  ofExporter<T>(name: string, parse: (text: string) => T): T | undefined;
}

/** An empty variable means the same as none, as the specification has it. */
function standardVariables({ environment, at }: OtlpSources): StandardVariables {
  const own = <T>(variable: string, parse: (text: string) => T): T | undefined => {
    const text = environment[variable];
    return text === undefined || text.trim() === '' ? undefined : at(variable, () => parse(text));
  };
  return {
    own,
    ofExporter: (name, parse) =>
      own(`OTEL_EXPORTER_OTLP_METRICS_${name}`, parse) ?? own(`OTEL_EXPORTER_OTLP_${name}`, parse),
  };
}

function isOn(
  { isOnCommandLine }: OtlpSources,
  standard: StandardVariables,
  enabled: boolean | undefined,
  givenEndpoint: string | undefined,
): boolean {
  if (isOnCommandLine && enabled !== undefined) return enabled;
  const disabled = standard.own('OTEL_SDK_DISABLED', (text) => text.trim().toLowerCase() === 'true') ?? false;
  if (disabled || enabled === false) return false;
  if (enabled === true || givenEndpoint !== undefined) return true;
  const exporters = standard.own('OTEL_METRICS_EXPORTER', parseList) ?? ['otlp'];
  const endpoint = standard.ofExporter('ENDPOINT', (text) => text);
  return endpoint !== undefined && exporters.includes('otlp');
}

function asIs(text: string): string {
  return text;
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

/** Read here, so that a file that is missing is refused at start, where the SDK would go on without it. */
function readTls({ at }: OtlpSources, standard: StandardVariables): OtlpConfig['tls'] {
  const read = (name: string) =>
    standard.ofExporter(name, (path) => {
      try {
        return readFileSync(path.trim(), 'utf8');
      } catch (error) {
        throw new ValueError(`cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      }
    });
  const tls = { ca: read('CERTIFICATE'), cert: read('CLIENT_CERTIFICATE'), key: read('CLIENT_KEY') };
  if ((tls.cert === undefined) !== (tls.key === undefined)) {
    at(`OTEL_EXPORTER_OTLP_CLIENT_${tls.cert === undefined ? 'KEY' : 'CERTIFICATE'}`, () => {
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
