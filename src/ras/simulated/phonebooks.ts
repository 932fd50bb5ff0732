/** The phone books of a simulated machine: which entries Windows lists by itself, and which only for a path. */
import type { RasEntryName } from '../api.ts';
import type { ScenarioEntry } from './scenario.ts';

/** Windows removes a phone book with its last entry. */
const ERROR_CANNOT_OPEN_PHONEBOOK = 621;

/** What reading one phone book by its path says. */
export interface PhonebookAnswer {
  readonly names: readonly RasEntryName[];
  /** Return value. */
  readonly returns: number;
}

export class SimulatedPhonebooks {
  /** The entries that Windows lists without a path. */
  readonly listed: readonly RasEntryName[];
  /** By folded path. */
  readonly #answers = new Map<string, PhonebookAnswer>();

  /** @param names the entries that stand in a phone book */
  constructor(entries: readonly ScenarioEntry[], names: readonly RasEntryName[]) {
    const unlisted = new Set<string>();
    const returns = new Map<string, number>();
    for (const { phonebook } of entries) {
      const path = phonebook.path.toLowerCase();
      if (phonebook.listed === false) unlisted.add(path);
      if (phonebook.returns !== undefined && phonebook.returns !== 0) returns.set(path, phonebook.returns);
    }
    this.listed = names.filter(({ phonebookPath }) => !unlisted.has(phonebookPath.toLowerCase()));
    for (const [path, found] of Map.groupBy(names, ({ phonebookPath }) => phonebookPath.toLowerCase())) {
      this.#answers.set(path, { names: found, returns: 0 });
    }
    for (const [path, code] of returns) this.#answers.set(path, { names: [], returns: code });
  }

  at(path: string): PhonebookAnswer {
    return this.#answers.get(path.toLowerCase()) ?? { names: [], returns: ERROR_CANNOT_OPEN_PHONEBOOK };
  }
}
