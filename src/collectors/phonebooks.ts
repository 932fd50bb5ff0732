/**
 * The phone books that the exporter reads: that of all users and that of its own account, further files by flag, and the
 * phone book of every connection that was seen, which lies in the profile of another user where the exporter is a service.
 *
 * A phone book that cannot be read hides nothing of the others. A connection's phone book stays known when the connection has
 * ended, or its entry would vanish just when it goes down.
 *
 * Whoever dials chooses the path. A service must not open what that path may lead to, so it is read only if it is a local file;
 * and a file that hangs must not cost a deadline again and again.
 */
import type { RasApi, RasConnection, RasEntryName } from '../ras/api.ts';
import { CallTimeout, ServiceStopped } from '../ras/call-errors.ts';
import { RASCF } from '../ras/states.ts';
import { isLocalFile, Owners } from './owners.ts';

/** The entries of all phone books, as far as they could be read. */
export interface PhonebookReading {
  /** Whether any phone book could be read. */
  readonly known: boolean;
  /** Whether the phone books that Windows reads by itself could be read: those of all users and of the exporter's account. */
  readonly standard: boolean;
  readonly entries: readonly RasEntryName[];
  /** What phone books that cannot be read now said last: in whose spelling connections are shown meanwhile. */
  readonly spelling: readonly RasEntryName[];
  /** Paths of the phone books that were read by their path. */
  readonly paths: readonly string[];
  readonly problems: readonly Error[];
}

/** More paths of the phone book of all users than there can be. */
const MOST_PATHS = 64;

export interface PhonebooksOptions {
  /** Further `.pbk` files: `--collector.phonebook.paths`. */
  readonly paths: readonly string[];
}

export class Phonebooks {
  readonly #options: PhonebooksOptions;
  readonly #owners: Owners;
  /** Folded paths of the phone book of all users. */
  readonly #allUsers = new Set<string>();
  /** By folded path; `''` for the phone books that Windows reads by itself. */
  readonly #last = new Map<string, readonly RasEntryName[]>();
  readonly #firstReading = Promise.withResolvers<void>();

  /**
   * @param options read anew each time
   * @param clock milliseconds, monotonic
   */
  constructor(options: PhonebooksOptions = { paths: [] }, clock: () => number = () => performance.now()) {
    this.#options = options;
    this.#owners = new Owners(clock);
  }

  /** What was read last, of all phone books: what is known without asking Windows. */
  get lastRead(): readonly RasEntryName[] {
    return [...this.#last.values()].flat();
  }

  /** Settles when phone books were read for the first time, whatever came of it. */
  get firstReading(): Promise<void> {
    return this.#firstReading.promise;
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
    const notRead = (key: string) => {
      for (const entry of this.#last.get(key) ?? []) spelling.push(entry);
    };
    const readOne = async (path?: string, isWanted?: (path: string) => boolean): Promise<Error | undefined> => {
      const key = path?.toLowerCase() ?? '';
      try {
        const listed = this.#marked(key, await ras.enumEntries(signal, path));
        const found = listed.filter(({ phonebookPath }) => isWanted?.(phonebookPath) ?? true);
        this.#last.set(key, found);
        for (const entry of found) entries.push(entry);
        if (path !== undefined) paths.push(path);
        return undefined;
      } catch (error) {
        notRead(key);
        return error instanceof Error ? error : new Error(String(error));
      }
    };
    const ended = () => problems.some(endsReading);

    const failure = await readOne();
    if (failure !== undefined) problems.push(failure);
    this.#noteAllUsers(entries, connections);
    const done = new Set(entries.map(({ phonebookPath }) => phonebookPath.toLowerCase()));
    for (const path of this.#options.paths) {
      const key = path.toLowerCase();
      if (done.has(key)) continue;
      done.add(key);
      const problem = ended() ? notRead(key) : await readOne(path);
      if (problem !== undefined) problems.push(problem);
    }
    for (const forgotten of this.#owners.note(connections, done)) this.#last.delete(forgotten);
    for (const owner of this.#owners.all()) {
      if (done.has(owner.key)) continue;
      if (ended() || !this.#owners.mayRead(owner)) {
        notRead(owner.key);
        continue;
      }
      const problem = await readOne(owner.path, isLocalFile);
      this.#owners.wasRead(owner, problem);
      // Found, not asked for: one that this account may not read is no failure of the exporter.
      if (problem !== undefined && endsReading(problem)) problems.push(problem);
    }
    this.#firstReading.resolve();
    const standard = failure === undefined;
    return { known: standard || paths.length > 0, standard, entries, spelling, paths, problems };
  }

  /** Entries of the phone book of all users are marked as such, also when Windows does not say so of one read by its path. */
  #marked(key: string, found: readonly RasEntryName[]): readonly RasEntryName[] {
    if (!this.#allUsers.has(key)) return found;
    return found.map((entry) => (entry.allUsers ? entry : { ...entry, allUsers: true }));
  }

  #noteAllUsers(entries: readonly RasEntryName[], connections: readonly RasConnection[]): void {
    // No machine has many; garbage must not fill memory.
    if (this.#allUsers.size > MOST_PATHS) this.#allUsers.clear();
    for (const { phonebookPath, allUsers } of entries) if (allUsers) this.#allUsers.add(phonebookPath.toLowerCase());
    for (const { phonebookPath, flags } of connections) {
      if ((flags & RASCF.AllUsers) !== 0) this.#allUsers.add(phonebookPath.toLowerCase());
    }
    this.#allUsers.delete('');
  }
}

/** Whether the same would come of every further phone book. */
function endsReading(problem: Error): boolean {
  return problem instanceof CallTimeout || problem instanceof ServiceStopped;
}
