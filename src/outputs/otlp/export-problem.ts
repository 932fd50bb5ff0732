/** What a failed push says to an administrator. */
import { printable } from '../../text/printable.ts';

/** As much of what a backend answers as belongs into a line of the log. */
const LONGEST_ANSWER = 200;

/** What the exporters say of their own time limits, and the one that watches them of its own. */
export const NO_ANSWER = 'no answer in time';
const TOO_LATE = /^Request timed out$|^4 DEADLINE_EXCEEDED/;

/**
 * One line about an error of an exporter: the status of HTTP with what the backend answered, or why there was no answer.
 *
 * @param redact takes secrets out of a text: a backend may repeat what it was sent
 */
export function exportProblem(error: Error | undefined, redact: (text: string) => string): string {
  if (error === undefined) return 'it does not say why';
  if (error.message === 'Export failed with retryable status') {
    return 'the backend asks to come again later, and did to the end (HTTP 429, 502, 503 or 504)';
  }
  if (TOO_LATE.test(error.message)) return NO_ANSWER;
  const message = redact(error.message);
  const status = 'code' in error && typeof error.code === 'number' ? error.code : undefined;
  if (error.name === 'OTLPExporterError' && status !== undefined) {
    // Redacted as a whole: of a secret that is cut off the rest would no longer be known.
    const answer = 'data' in error && typeof error.data === 'string' ? redact(error.data.trim()) : '';
    return printable(`HTTP ${status} ${message}${answer === '' ? '' : `: ${answer.slice(0, LONGEST_ANSWER)}`}`);
  }
  // Of several attempts at several addresses, each with its own.
  const parts = error instanceof AggregateError ? error.errors.map(String) : [];
  return printable(message === '' ? redact(parts.join('; ')) || error.name : message);
}
