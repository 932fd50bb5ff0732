/**
 * The identity of a connection: phone-book entry and phone book.
 *
 * Paths of phone books name the user whose profile they lie in, so they are no labels: all that shows is `all_users`, or a
 * short hash that tells one profile from another.
 */
import { createHash } from 'node:crypto';
import type { RasConnection, RasEntryName } from '../ras/api.ts';
import { RASCF } from '../ras/states.ts';

/** Labels `entry` and `phonebook`, both valid UTF-8; `key` is the two as one. */
export interface Identity {
  readonly key: string;
  readonly entry: string;
  readonly phonebook: string;
}

/** More phone books than any machine has; the cache starts anew when garbage fills it. */
const CACHED_PATHS = 256;

const labelsByPath = new Map<string, string>();

/** `user:` + the first 8 hex digits of the SHA-256 of the lower-cased path; empty for no phone book at all. */
function userPhonebookLabel(path: string): string {
  if (path === '') return '';
  let label = labelsByPath.get(path);
  if (label === undefined) {
    label = `user:${createHash('sha256').update(path.toLowerCase()).digest('hex').slice(0, 8)}`;
    if (labelsByPath.size >= CACHED_PATHS) labelsByPath.clear();
    labelsByPath.set(path, label);
  }
  return label;
}

/** The identities of one scrape. */
export class Identities {
  readonly #byKey = new Map<string, Identity>();
  readonly #byFoldedName = new Map<string, Identity>();
  readonly #allUsersPaths = new Set<string>();

  /** The identity of a phone-book entry. */
  ofEntry(name: RasEntryName): Identity {
    const identity = this.#identity(name.entry, this.ofPhonebook(name.phonebookPath, name.allUsers));
    this.#byFoldedName.set(foldedName(identity.entry, identity.phonebook), identity);
    return identity;
  }

  /**
   * The identity of a connection. Windows takes entry names without regard to case, so a connection that was dialled as
   * `office vpn` belongs to the entry `Office VPN`; the spelling of the phone book wins.
   */
  ofConnection(connection: RasConnection): Identity {
    const phonebook = this.ofPhonebook(connection.phonebookPath, (connection.flags & RASCF.AllUsers) !== 0);
    const entry = connection.entry.toWellFormed();
    const exact = this.#byKey.get(identityKey(entry, phonebook));
    return exact ?? this.#byFoldedName.get(foldedName(entry, phonebook)) ?? this.#identity(entry, phonebook);
  }

  /** The label of a phone book; what is known of one to be that of all users is known from then on. */
  ofPhonebook(path: string, allUsers: boolean): string {
    if (allUsers && path !== '') this.#allUsersPaths.add(path.toLowerCase());
    return allUsers || this.#allUsersPaths.has(path.toLowerCase()) ? 'all_users' : userPhonebookLabel(path);
  }

  #identity(rawEntry: string, phonebook: string): Identity {
    // Names that differ in a lone surrogate only become the same label: they must be the same identity, too.
    const entry = rawEntry.toWellFormed();
    const key = identityKey(entry, phonebook);
    let identity = this.#byKey.get(key);
    if (identity === undefined) {
      identity = { key, entry, phonebook };
      this.#byKey.set(key, identity);
    }
    return identity;
  }
}

function identityKey(entry: string, phonebook: string): string {
  return `${phonebook}\0${entry}`;
}

function foldedName(entry: string, phonebook: string): string {
  return `${phonebook}\0${entry.toLowerCase()}`;
}
