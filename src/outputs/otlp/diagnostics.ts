/** What the SDK has to say → our log, once; and without secrets. */
import { type DiagLogger, DiagLogLevel, diag } from '@opentelemetry/api';
import type { OtlpConfig } from '../../config/otlp.ts';
import type { Logger } from '../../logging/logger.ts';
import type { Answers } from './answers.ts';
import type { Censor } from './censor.ts';

const LEVELS: Readonly<Record<OtlpConfig['logLevel'], DiagLogLevel>> = {
  none: DiagLogLevel.NONE,
  error: DiagLogLevel.ERROR,
  warn: DiagLogLevel.WARN,
  info: DiagLogLevel.INFO,
  debug: DiagLogLevel.DEBUG,
  verbose: DiagLogLevel.VERBOSE,
  all: DiagLogLevel.ALL,
};

/** How many warnings there are in a day at most: what they say may differ from push to push. */
const MOST_A_DAY = 20;
const DAY = 24 * 3_600_000;

/** Has the SDK speak through `log`, and tells `answers` of what it says of them; a warning is not repeated. */
export function connectDiagnostics(
  level: OtlpConfig['logLevel'],
  log: Logger,
  censor: Censor,
  answers: Pick<Answers, 'note'>,
): void {
  const said = new Set<string>();
  let day = performance.now();
  const once = (to: Logger['warn'], parts: readonly unknown[]) => {
    const text = textOf(parts, censor);
    // Numbers in it differ from push to push.
    const kind = text.replaceAll(/\d+/g, '0');
    if (performance.now() - day > DAY) {
      day = performance.now();
      said.clear();
    }
    if (said.has(kind) || said.size >= MOST_A_DAY) return;
    said.add(kind);
    to('OpenTelemetry', { diag: text });
  };
  const tells = (least: DiagLogLevel) => LEVELS[level] >= least;
  const debug = (...parts: readonly unknown[]) => log.debug('OpenTelemetry', { diag: textOf(parts, censor) });
  const logger: DiagLogger = {
    error: (...parts) => {
      if (tells(DiagLogLevel.ERROR)) once(log.error, parts);
    },
    warn: (...parts) => {
      // Heard in any case: what became of a push depends on it.
      if (!answers.note(parts) && tells(DiagLogLevel.WARN)) once(log.warn, parts);
    },
    // Each push says something; what it came to stands in our own words in the log.
    info: debug,
    debug,
    verbose: debug,
  };
  const logLevel = Math.max(LEVELS[level], DiagLogLevel.WARN);
  diag.setLogger(logger, { logLevel, suppressOverrideMessage: true });
}

/** Objects are left out: among them are whole snapshots. So is what may hold words of a backend, where they must not be repeated. */
function textOf(parts: readonly unknown[], { quotes, clean }: Censor): string {
  const texts = parts.flatMap((part) => {
    if (part instanceof Error) return quotes ? [part.message] : [];
    return typeof part === 'string' || typeof part === 'number' ? [String(part)] : [];
  });
  if (quotes) return clean(texts.join(' '));
  return clean(texts.map(withoutQuotation).join(' '));
}

/** Of JSON nothing, and of a sentence what stands before that which it repeats. */
function withoutQuotation(text: string): string {
  return text.replace(/\{.*$|(?<=error: |response: ).*$/s, '…');
}
