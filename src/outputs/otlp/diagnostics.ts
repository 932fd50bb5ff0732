/** What the SDK has to say → our log, once; and without secrets. */
import { type DiagLogger, DiagLogLevel, diag } from '@opentelemetry/api';
import type { OtlpConfig } from '../../config/otlp.ts';
import type { Logger } from '../../logging/logger.ts';
import { printable } from '../../text/printable.ts';

const LEVELS: Readonly<Record<OtlpConfig['logLevel'], DiagLogLevel>> = {
  none: DiagLogLevel.NONE,
  error: DiagLogLevel.ERROR,
  warn: DiagLogLevel.WARN,
  info: DiagLogLevel.INFO,
  debug: DiagLogLevel.DEBUG,
  verbose: DiagLogLevel.VERBOSE,
  all: DiagLogLevel.ALL,
};

/** How many different messages are remembered as said. */
const REMEMBERED = 100;

/** Has the SDK speak through `log`; a warning that was the last of its kind is not repeated. */
export function connectDiagnostics(level: OtlpConfig['logLevel'], log: Logger, redact: (text: string) => string): void {
  const said = new Set<string>();
  const once = (to: Logger['warn']) => (message: string, args: readonly unknown[]) => {
    const text = redact(textOf(message, args));
    // Numbers in it differ from push to push.
    const kind = text.replaceAll(/\d+/g, '0');
    if (said.has(kind)) return;
    if (said.size >= REMEMBERED) said.clear();
    said.add(kind);
    to('OpenTelemetry', { diag: text });
  };
  const error = once(log.error);
  const warn = once(log.warn);
  const debug = (message: string, args: readonly unknown[]) =>
    log.debug('OpenTelemetry', { diag: redact(textOf(message, args)) });
  const logger: DiagLogger = {
    error: (message, ...args) => error(message, args),
    warn: (message, ...args) => warn(message, args),
    // Each push says something; what it came to stands in our own words in the log.
    info: (message, ...args) => debug(message, args),
    debug: (message, ...args) => debug(message, args),
    verbose: (message, ...args) => debug(message, args),
  };
  diag.setLogger(logger, { logLevel: LEVELS[level], suppressOverrideMessage: true });
}

/** Objects are left out: among them are whole snapshots. */
function textOf(message: string, args: readonly unknown[]): string {
  const texts = args.flatMap((arg) => {
    if (arg instanceof Error) return [arg.message];
    return typeof arg === 'string' || typeof arg === 'number' ? [String(arg)] : [];
  });
  return printable([message, ...texts].join(' '));
}

/**
 * Takes the values of headers out of texts: a backend may repeat what it was sent.
 *
 * @param headers of `Authorization: Basic abc` also `abc` alone is a secret
 */
export function redactor(headers: Readonly<Record<string, string>>): (text: string) => string {
  const secrets = Object.values(headers)
    .flatMap((value) => [value, ...value.split(' ')])
    // Short words are no secrets, and would be found everywhere.
    .filter((value) => value.length >= 6)
    .toSorted((a, b) => b.length - a.length);
  return (text) => secrets.reduce((left, secret) => left.replaceAll(secret, '<redacted>'), text);
}
