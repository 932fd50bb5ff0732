/** Texts from the command line, the environment or a file → values; each error says what is wrong and what would be right. */

/** Where an HTTP server listens; no host means every interface. */
export interface ListenAddress {
  readonly host: string | undefined;
  readonly port: number;
}

/** A value that cannot be used. The message follows the name of the flag: `must be …`. */
export class ValueError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ValueError';
  }
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `500ms`, `10s`, `1m30s`, `0.5` (seconds) → milliseconds. */
export function parseDuration(text: string): number {
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Number(trimmed) * 1000;
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(trimmed)) {
    throw new ValueError(`must be a duration such as 500ms, 10s or 1m30s, not ${quote(text)}`);
  }
  let total = 0;
  for (const [, amount = '', , unit = ''] of trimmed.matchAll(/(\d+(\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (UNITS[unit] ?? 0);
  }
  return total;
}

/** A whole number within bounds. */
export function parseInteger(text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) {
    throw new ValueError(`must be a whole number from ${min} to ${max}, not ${quote(text)}`);
  }
  return value;
}

/** `true`, `false`, as text. */
export function parseBoolean(text: string): boolean {
  switch (text.trim().toLowerCase()) {
    case 'true':
    case '1':
      return true;
    case 'false':
    case '0':
      return false;
    default:
      throw new ValueError(`must be true or false, not ${quote(text)}`);
  }
}

/** One of a few words. */
export function parseChoice<C extends string>(text: string, choices: readonly C[]): C {
  const choice = choices.find((word) => word === text.trim());
  if (choice === undefined) throw new ValueError(`must be one of ${choices.join(', ')}, not ${quote(text)}`);
  return choice;
}

/**
 * A regular expression that has to match the whole text, as in the Prometheus exporters. A leading `(?i)` makes it ignore
 * case.
 */
export function parsePattern(text: string): RegExp {
  const ignoreCase = text.startsWith('(?i)');
  const source = ignoreCase ? text.slice(4) : text;
  // A name may hold a line break, and an excluded one must stay out.
  const flags = ignoreCase ? 'isu' : 'su';
  try {
    // Alone first: `)(` would be right between the anchors.
    RegExp(source, flags);
    return new RegExp(`^(?:${source})$`, flags);
  } catch (error) {
    const reason =
      error instanceof Error ? error.message.replace(/^Invalid regular expression: \/.*\/[a-z]*: /s, '') : '';
    throw new ValueError(`must be a regular expression, and ${quote(text)} is not: ${reason}`);
  }
}

/** `:10600`, `127.0.0.1:10600`, `localhost:10600`, `[::1]:10600`. */
export function parseListenAddress(text: string): ListenAddress {
  const match = /^(?:\[(?<v6>[0-9a-fA-F:.%\w]+)\]|(?<host>[^:[\]\s/]*)):(?<port>\d{1,5})$/.exec(text.trim());
  const port = Number(match?.groups?.port);
  if (match === null || port > 65_535) {
    throw new ValueError(`must be host:port, [IPv6]:port or :port with a port up to 65535, not ${quote(text)}`);
  }
  const host = match.groups?.v6 ?? match.groups?.host ?? '';
  return { host: host === '' ? undefined : host, port };
}

/** A path that an HTTP request can name. */
export function parsePath(text: string): string {
  if (!/^(\/[\w\-.~]+)+$/.test(text)) {
    throw new ValueError(`must be a path such as /metrics (letters, digits, - _ . ~ /), not ${quote(text)}`);
  }
  return text;
}

/** A comma list; empty items are left out. */
export function parseList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** A text as part of an error message: on one line, with nothing in it that a terminal would obey. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
