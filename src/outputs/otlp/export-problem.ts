/** What a failed push says to an administrator. */
import { STATUS_CODES } from 'node:http';
import type { Censor } from './censor.ts';

/** What went wrong. */
export interface ExportProblem {
  /** The same for problems that are the same, whatever words or numbers they come with. */
  readonly kind: string;
  readonly text: string;
}

/** What the exporters say of their own time limits, and the one that watches them of its own. */
export const NO_ANSWER = 'no answer in time';
const TOO_LATE = /^Request timed out$|^4 DEADLINE_EXCEEDED/;

/** Causes that may be told of a connection over gRPC, whose only account of them is in words that might be a backend's. */
const CAUSES = [
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'certificate has expired',
  'self-signed certificate',
  'unable to verify the first certificate',
  'unable to get local issuer certificate',
  "does not match certificate's altnames",
  'Received message larger than max',
] as const;

/** One line about an error of an exporter: the status with what the backend answered, or why there was no answer. */
export function exportProblem(error: Error | undefined, censor: Censor): ExportProblem {
  if (error === undefined) return { kind: 'unknown', text: 'it does not say why' };
  if (error.message === 'Export failed with retryable status') {
    const text = 'the backend asks to come again later, and did to the end (HTTP 429, 502, 503 or 504)';
    return { kind: 'later', text };
  }
  if (error.message === NO_ANSWER || TOO_LATE.test(error.message)) return { kind: 'late', text: NO_ANSWER };
  const code = 'code' in error ? error.code : undefined;
  if (typeof code === 'number') {
    return error.name === 'OTLPExporterError' ? ofHttp(code, error, censor) : ofGrpc(code, error, censor);
  }
  // Of several attempts at several addresses, each with its own.
  const parts = error instanceof AggregateError ? error.errors.map(String) : [];
  const text = error.message === '' ? parts.join('; ') || error.name : error.message;
  return { kind: typeof code === 'string' ? code : error.name, text: censor.clean(text) };
}

function ofHttp(status: number, error: Error, { quotes, clean }: Censor): ExportProblem {
  const kind = `HTTP ${status}`;
  if (!quotes) return { kind, text: `${kind} ${STATUS_CODES[status] ?? ''}`.trim() };
  const answer = 'data' in error && typeof error.data === 'string' ? error.data.trim() : '';
  return { kind, text: clean(`${kind} ${error.message}`.trim() + (answer === '' ? '' : `: ${answer}`)) };
}

/** Its message begins with number and name of the status, which are not the backend's words: `14 UNAVAILABLE: …`. */
function ofGrpc(status: number, { message }: Error, { quotes, clean }: Censor): ExportProblem {
  const kind = `gRPC ${status}`;
  if (quotes) return { kind, text: clean(`gRPC ${message}`) };
  const name = /^\d+ (?<name>[A-Z_]+):/.exec(message)?.groups?.name ?? '';
  const causes = CAUSES.filter((cause) => message.includes(cause));
  return { kind, text: `${kind} ${name}${causes.length === 0 ? '' : `: ${causes.join(', ')}`}` };
}
