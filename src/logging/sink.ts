/** Where the lines of the log go. */
import type { Config } from '../config/config.ts';

export type Level = Config['log']['level'];

/** Takes lines; never throws, and never waits. */
export interface Sink {
  /** Whether it notes time and level itself, so that lines need not. */
  readonly dated: boolean;
  /** True while a call into Windows has not returned. */
  readonly busy: boolean;
  /** @returns false when the line is lost: a full disk, a closed pipe, a queue that does not move */
  write(level: Level, line: string): boolean;
  /** Lines that were taken and lost all the same, since this was asked last. */
  takeLost(): number;
  /** Waits until every line has been written, for at most `grace` milliseconds. */
  close(grace: number): Promise<void>;
}
