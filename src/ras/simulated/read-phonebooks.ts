/** Reads `phonebooks` of a scenario file: name → path, or a mapping that says how Windows treats it. */
import type { Place } from './place.ts';
import { ALL_USERS, type Phonebook } from './scenario.ts';

/** Every key of a phone book that is written as a mapping. */
export const PHONEBOOK_KEYS = ['path', 'listed', 'returns'] as const;

/** MAX_PATH less its NUL. */
const LONGEST_PATH = 259;

/** The phone book of connections that were dialled without an entry. */
const NO_PHONEBOOK: Phonebook = { path: '', allUsers: false };

/** @throws ScenarioError */
export function readPhonebooks(place: Place | undefined): ReadonlyMap<string, Phonebook> {
  const phonebooks = new Map<string, Phonebook>([
    ['all_users', ALL_USERS],
    ['none', NO_PHONEBOOK],
  ]);
  for (const [name, member] of place?.members() ?? []) {
    if (name === 'none') member.fail('none is the name for no phone book; use another name');
    const phonebook = readPhonebook(member, name === 'all_users');
    for (const [other, known] of phonebooks) {
      if (other !== name && known.path.toLowerCase() === phonebook.path.toLowerCase())
        member.fail(`${other} has this path already`);
    }
    phonebooks.set(name, phonebook);
  }
  return phonebooks;
}

function readPhonebook(place: Place, allUsers: boolean): Phonebook {
  if (!place.isMapping()) return { path: place.text(LONGEST_PATH), allUsers };
  const fields = place.fields(PHONEBOOK_KEYS);
  const path = (fields.get('path') ?? place.fail('path is missing')).text(LONGEST_PATH);
  const returns = fields.get('returns')?.whole(1, 0xffff_ffff) ?? 0;
  // Windows does not list what it cannot read.
  const listed = fields.get('listed')?.flag() ?? returns === 0;
  if (listed && returns !== 0) fields.get('listed')?.fail('a phone book that cannot be read is not listed');
  return { path, allUsers, listed, returns };
}
