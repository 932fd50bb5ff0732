/**
 * The phone books that the exporter reads: that of all users and that of its own account, further files by flag, and the
 * phone book of every connection that was seen, which lies in the profile of another user where the exporter is a service.
 *
 * A phone book that cannot be read hides nothing of the others. A connection's phone book stays known when the connection has
 * ended, or its entry would vanish just when it goes down.
 */
import type { RasApi, RasConnection, RasEntryName } from '../ras/api.ts';
import { CallTimeout, ServiceStopped } from '../ras/call-errors.ts';
import { RASCF } from '../ras/states.ts';

/** The entries of all phone books, as far as they could be read. */
export interface PhonebookReading {
  /** Whether any phone book could be read. */
  readonly known: boolean;
  readonly entries: readonly RasEntryName[];
  /** What phone books that cannot be read now said last: in whose spelling connections are shown meanwhile. */
  readonly spelling: readonly RasEntryName[];
  /** Paths of the phone books that were read by their path. */
  readonly paths: readonly string[];
  readonly problems: readonly Error[];
}

/** Users of one machine whose phone books are remembered; the one that was seen least recently goes first. */
const MOST_OWNERS = 64;

/** Milliseconds before a phone book that was found, not asked for, and that cannot be read is tried again. */
const RETRY = 60_000;

export interface PhonebooksOptions {
  /** Further `.pbk` files: `--collector.phonebook.paths`. */
  readonly paths: readonly string[];
}

export class Phonebooks {
  readonly #options: PhonebooksOptions;
  readonly #clock: () => number;
  /** By folded path: as Windows spells it, and when it may be read again. */
  readonly #owners = new Map<string, { readonly path: string; retryAt: number }>();
  /** By folded path; `''` for the phone books that have none. */
  readonly #last = new Map<string, readonly RasEntryName[]>();

  /**
   * @param options read anew each time
   * @param clock milliseconds, monotonic
   */
  constructor(options: PhonebooksOptions = { paths: [] }, clock: () => number = () => performance.now()) {
    this.#options = options;
    this.#clock = clock;
  }

  /**
   * Reads all phone books.
   *
   * @param connections whose phone books are read, too
   */
  async read(ras: RasApi, connections: readonly RasConnection[], signal: AbortSignal): Promise<PhonebookReading> {
    const entries: RasEntryName[] = [];
    const spelling: RasEntryName[] = [];
    const paths: string[] = [];
    const problems: Error[] = [];
    let known = false;
    const readOne = async (path: string | undefined): Promise<boolean> => {
      const key = path?.toLowerCase() ?? '';
      try {
        const found = await ras.enumEntries(signal, path);
        this.#last.set(key, found);
        for (const entry of found) entries.push(entry);
        if (path !== undefined) paths.push(path);
        known = true;
        return true;
      } catch (error) {
        for (const entry of this.#last.get(key) ?? []) spelling.push(entry);
        problems.push(error instanceof Error ? error : new Error(String(error)));
        return false;
      }
    };
    const ended = () => problems.some((problem) => problem instanceof CallTimeout || problem instanceof ServiceStopped);

    await readOne(undefined);
    const done = new Set(entries.map(({ phonebookPath }) => phonebookPath.toLowerCase()));
    for (const path of this.#options.paths) {
      if (done.has(path.toLowerCase()) || ended()) continue;
      done.add(path.toLowerCase());
      await readOne(path);
    }
    this.#noteOwners(connections, done);
    for (const [key, owner] of this.#owners) {
      if (done.has(key) || ended() || owner.retryAt > this.#clock()) continue;
      if (await readOne(owner.path)) continue;
      // Found, not asked for: one that this account may not read is no failure of the exporter.
      if (!ended()) problems.pop();
      owner.retryAt = this.#clock() + RETRY;
    }
    return { known, entries, spelling, paths, problems };
  }

  #noteOwners(connections: readonly RasConnection[], done: ReadonlySet<string>): void {
    for (const { phonebookPath: path, flags } of connections) {
      const key = path.toLowerCase();
      if (path === '' || (flags & RASCF.AllUsers) !== 0 || done.has(key)) continue;
      const owner = this.#owners.get(key) ?? { path, retryAt: 0 };
      // Last in the order of a map is what was set last.
      this.#owners.delete(key);
      this.#owners.set(key, owner);
    }
    for (const key of this.#owners.keys()) {
      if (this.#owners.size <= MOST_OWNERS) break;
      this.#owners.delete(key);
      this.#last.delete(key);
    }
  }
}
