/** What the exporter runs under: a terminal, or whatever else sends signals, or the service control manager of Windows. */
import { ConfigError } from '../config/config-error.ts';
import type { FlagDefaults } from '../config/settings.ts';
import { endOnCrash, leave } from '../leave.ts';
import type { LogFields, Logger } from '../logging/logger.ts';
import { printable } from '../text/printable.ts';
import type { Patience } from '../web/listen-patiently.ts';

export interface Host {
  /** What flags are that nobody sets, where that is not what `flags.ts` says. */
  readonly defaults: FlagDefaults;
  /** Where the host says itself why the exporter ends: a log that goes to the same place need not. */
  readonly complaints: 'stderr' | 'eventlog';
  /** Has `stop` called when the exporter shall end, with what the log is to say of the reason. May be more than once. */
  onStop(stop: (reason: LogFields) => void): void;
  /** How long a start waits for an address that is not there yet; default: not at all. */
  readonly patience?: Patience;
  /** Is told that the exporter listens. */
  started(log: Logger): void;
  /** Has `tell` called, too, when an error that nobody catches ends the process. */
  onCrash(tell: (crash: Error) => Promise<void>): void;
  /** Is told that a start has failed while a call has not returned, for which the process would wait. Its caller says why. */
  failedHanging(): void;
  /** Ends the process after a stop. `hanging`: a call into Windows has not returned. */
  end(code: number, hanging: boolean): Promise<void>;
}

/** Signals stop it. */
export const terminal: Host = {
  defaults: {},
  complaints: 'stderr',
  onStop(stop) {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGBREAK'] as const) process.on(signal, () => stop({ signal }));
  },
  started() {},
  onCrash(tell) {
    endOnCrash(async (crash) => {
      complain([crash.stack ?? crash.message]);
      await tell(crash);
    });
  },
  failedHanging() {
    // Once the caller has said why.
    setTimeout(() => void leave(Number(process.exitCode ?? 1), true), 100);
  },
  end: leave,
};

/** What is wrong, one line each. */
export function problemsOf(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.problems;
  return [error instanceof Error ? error.message : String(error)];
}

/** 2 for what was asked for wrongly, 1 for what could not be had. */
export function exitCodeOf(error: unknown): 1 | 2 {
  return error instanceof ConfigError ? 2 : 1;
}

/** Writes to standard error. Where nobody listens, the exit code still tells. */
export function complain(problems: readonly string[]): void {
  process.stderr.once('error', () => {});
  for (const problem of problems) process.stderr.write(`ras_exporter: ${printable(problem)}\n`);
}
