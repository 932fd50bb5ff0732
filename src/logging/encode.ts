/** One event of the log as one line, in logfmt or JSON, with nothing in it that a terminal or a log viewer would obey. */
import { printable } from '../text/printable.ts';

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export function jsonLine(fields: LogFields): string {
  // Within quotes, where alone they can stand, the escapes of JSON are the same.
  return printable(JSON.stringify(fields));
}

export function logfmtLine(fields: LogFields): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${logfmtValue(String(value))}`)
    .join(' ');
}

function logfmtValue(value: string): string {
  if (value !== '' && /^[^\s"=\\]+$/u.test(value) && printable(value) === value) return value;
  return `"${printable(value.replaceAll(/["\\]/g, '\\$&'))}"`;
}
