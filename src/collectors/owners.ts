/**
 * The phone books that are found in connections: whose they are, and when each may be read.
 *
 * Their paths come from whoever dialled. RasDial takes any file, and one that is opened by a service is opened with its rights: on
 * a share it would give away credentials of the machine, and it may hang for as long as somebody likes.
 */
import type { RasConnection } from '../ras/api.ts';
import { CallTimeout, ServiceStopped } from '../ras/call-errors.ts';
import { RASCF } from '../ras/states.ts';

/** A phone book that was found in a connection. */
export interface Owner {
  /** The folded path. */
  readonly key: string;
  /** As Windows spells it. */
  readonly path: string;
}

interface Held extends Owner {
  retryAt: number;
  /** Times in a row that reading it did not return. */
  timeouts: number;
  /** Whether there is a connection of it now. */
  isConnected: boolean;
}

/** Users of one machine whose phone books are remembered; the one that was seen least recently goes first. */
const MOST_OWNERS = 64;

/** Milliseconds before one that cannot be read is tried again; twice as long each time that it did not return. */
const RETRY = 60_000;

/** Milliseconds before it is tried again at the latest. */
const LONGEST_RETRY = 86_400_000;

/** `C:\…`. Not `\\host\…`, `\\?\…`, `\\.\…`, `\??\…`, `C:file` or `file`. */
const LOCAL_FILE = /^[a-z]:\\/i;

/** Whether a path that somebody else chose may be opened. */
export function isLocalFile(path: string): boolean {
  return LOCAL_FILE.test(path);
}

export class Owners {
  readonly #clock: () => number;
  readonly #held = new Map<string, Held>();

  /** @param clock milliseconds, monotonic */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /**
   * Remembers whose phone books these connections are of.
   *
   * @param done folded paths of phone books that are read anyway
   * @returns the keys of those that are forgotten instead
   */
  note(connections: readonly RasConnection[], done: ReadonlySet<string>): readonly string[] {
    for (const held of this.#held.values()) held.isConnected = false;
    for (const { phonebookPath: path, flags } of connections) {
      const key = path.toLowerCase();
      if (!isLocalFile(path) || (flags & RASCF.AllUsers) !== 0 || done.has(key)) continue;
      const held = this.#held.get(key) ?? { key, path, retryAt: 0, timeouts: 0, isConnected: true };
      held.isConnected = true;
      // Last in the order of a map is what was set last.
      this.#held.delete(key);
      this.#held.set(key, held);
    }
    const forgotten = [...this.#held.keys()].slice(0, Math.max(0, this.#held.size - MOST_OWNERS));
    for (const key of forgotten) this.#held.delete(key);
    return forgotten;
  }

  /** A copy: another collector may read at the same time, and note owners, too. */
  all(): readonly Owner[] {
    return [...this.#held.values()];
  }

  /** Not one that could not be read a moment ago; nor one that hung and whose connection is gone. */
  mayRead({ key }: Owner): boolean {
    const held = this.#held.get(key);
    if (held === undefined || held.retryAt > this.#clock()) return false;
    return held.timeouts === 0 || held.isConnected;
  }

  /** @param problem `undefined` when it could be read */
  wasRead({ key }: Owner, problem: Error | undefined): void {
    const held = this.#held.get(key);
    // Neither a service that is stopped nor a call that was never made says anything of the file.
    if (held === undefined || problem instanceof ServiceStopped) return;
    if (problem instanceof CallTimeout) {
      if (!problem.wasCalled) return;
      held.retryAt = this.#clock() + Math.min(RETRY * 2 ** held.timeouts, LONGEST_RETRY);
      held.timeouts += 1;
      return;
    }
    held.timeouts = 0;
    held.retryAt = problem === undefined ? 0 : this.#clock() + RETRY;
  }
}
