/** The log: logfmt or JSON, one line an event, in the form of the Prometheus exporters. */
import { type Config, ConfigError } from '../config/config.ts';
import { jsonLine, type LogFields, logfmtLine } from './encode.ts';
import { openEventLogSink } from './eventlog/eventlog-sink.ts';
import { openFileSink } from './file-sink.ts';
import type { Level, Sink } from './sink.ts';

export type { LogFields } from './encode.ts';

/** Where events go. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** A log that was opened, and is closed when the process ends. */
export interface OpenLog extends Logger {
  /** True while a call into Windows has not returned; the process must then not end through `process.exit`. */
  readonly busy: boolean;
  /** Waits until every line has been written, for at most `grace` milliseconds. */
  close(grace: number): Promise<void>;
}

const RANKS: Readonly<Record<Level, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/**
 * Opens the log.
 *
 * @param options level and format may change while it is open
 * @throws ConfigError for the event log where there is no Windows; else when the file cannot be opened
 */
export function openLogger(options: Config['log']): OpenLog {
  return logInto(options.file === 'eventlog' ? openEventLog() : openFileSink(options.file), options);
}

/** A log into any sink. */
export function logInto(sink: Sink, options: Pick<Config['log'], 'level' | 'format'>): OpenLog {
  let lost = 0;
  const put = (at: Level, message: string, fields: LogFields): boolean => {
    const head = sink.dated ? {} : { time: new Date().toISOString(), level: at };
    const encode = options.format === 'json' ? jsonLine : logfmtLine;
    return sink.write(at, encode({ ...head, msg: message, ...fields }));
  };
  const write = (at: Level, message: string, fields: LogFields = {}) => {
    if (RANKS[at] < RANKS[options.level]) return;
    lost += sink.takeLost();
    if (lost > 0 && put('warn', 'Lines of the log were lost', { count: lost })) lost = 0;
    if (!put(at, message, fields)) lost += 1;
  };
  return {
    debug: (message, fields) => write('debug', message, fields),
    info: (message, fields) => write('info', message, fields),
    warn: (message, fields) => write('warn', message, fields),
    error: (message, fields) => write('error', message, fields),
    get busy() {
      return sink.busy;
    },
    close: (grace) => sink.close(grace),
  };
}

function openEventLog(): Sink {
  if (process.platform === 'win32') return openEventLogSink();
  throw new ConfigError(
    '--log.file: eventlog is the one of Windows; here it must be stderr, stdout or the path of a file',
  );
}
