/**
 * The log: logfmt or JSON, one line an event, in the form of the Prometheus exporters.
 *
 * Written synchronously: it needs no thread of the pool, which calls into Windows may hold, and nothing is lost when the
 * process ends.
 */
import { openSync, writeSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import { printable } from '../text/printable.ts';

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where events go. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

type Level = Config['log']['level'];

const RANKS: Readonly<Record<Level, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/**
 * Opens the log.
 *
 * @throws when the file cannot be opened
 */
export function openLogger({ level, format, file }: Config['log']): Logger {
  const descriptor = file === 'stderr' ? 2 : file === 'stdout' ? 1 : openSync(file, 'a');
  const encode = format === 'json' ? jsonLine : logfmtLine;
  const write = (at: Level, message: string, fields: LogFields = {}) => {
    if (RANKS[at] < RANKS[level]) return;
    try {
      writeSync(descriptor, `${encode({ time: new Date().toISOString(), level: at, msg: message, ...fields })}\n`);
    } catch {
      // A log that cannot be written (full disk, closed pipe) must not end the exporter.
    }
  };
  return {
    debug: (message, fields) => write('debug', message, fields),
    info: (message, fields) => write('info', message, fields),
    warn: (message, fields) => write('warn', message, fields),
    error: (message, fields) => write('error', message, fields),
  };
}

function jsonLine(fields: LogFields): string {
  return JSON.stringify(fields);
}

function logfmtLine(fields: LogFields): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${logfmtValue(String(value))}`)
    .join(' ');
}

function logfmtValue(value: string): string {
  if (value !== '' && /^[^\s"=\\]+$/u.test(value) && printable(value) === value) return value;
  return `"${printable(value.replaceAll(/["\\]/g, '\\$&'))}"`;
}
