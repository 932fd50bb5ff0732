/** What belongs into a scenario file: reads its places into a `Scenario`, with defaults filled in and copies written out. */
import { RAS_FUNCTIONS } from '../api.ts';
import { ENCRYPTIONS, VPN_STRATEGIES } from '../entry-options.ts';
import type { Place } from './place.ts';
import { readEventLog } from './read-event-log.ts';
import { readNegotiated, readTraffic } from './read-link.ts';
import { readPhonebooks } from './read-phonebooks.ts';
import { readDelay, readServices, readSpell } from './read-services.ts';
import { readTimeline } from './read-timeline.ts';
import {
  ALL_USERS,
  type ApiTrouble,
  MAX_ENTRIES,
  OWNERS,
  type Phonebook,
  type Scenario,
  type ScenarioEntry,
} from './scenario.ts';

/** Every key of a scenario file, by where it may stand; `STEP_KEYS` are those of a timeline. */
export const SCENARIO_KEYS = ['description', 'phonebooks', 'entries', 'api', 'services', 'event_log'] as const;
export const ENTRY_KEYS = [
  'name',
  'phonebook',
  'count',
  'stagger',
  'device',
  'type',
  'server',
  'always_on',
  'strategy',
  'encryption',
  'owner',
  'sub_entry',
  'in_phonebook',
  'traffic',
  'negotiated',
  'timeline',
  'repeat',
] as const;
export const API_KEYS = ['function', 'entry', 'from', 'for', 'every', 'returns', 'delay', 'hang'] as const;

/** What fits into the fields of ras.h: RAS_MaxEntryName, RAS_MaxDeviceName, …Type, RAS_MaxPhoneNumber. */
const LONGEST = { description: 1000, entry: 256, device: 128, type: 16, server: 128 } as const;

/** Functions that are called for one entry. */
const ENTRY_FUNCTIONS: readonly string[] = [
  'RasGetConnectStatusW',
  'RasGetEntryPropertiesW',
  'RasGetConnectionStatistics',
  'RasGetProjectionInfoEx',
];

/** Entry names by what `api[].entry` may call them: a name, or the pattern of many copies. */
type NamesByReference = ReadonlyMap<string, ReadonlySet<string>>;

/** @throws ScenarioError */
export function scenarioOf(root: Place): Scenario {
  const fields = root.fields(SCENARIO_KEYS);
  const phonebooks = readPhonebooks(fields.get('phonebooks'));
  const list = fields.get('entries') ?? root.fail('entries is missing (a list; [] for a machine without any)');
  const entries: ScenarioEntry[] = [];
  const names = new Map<string, Set<string>>();
  for (const place of list.list()) {
    for (const { reference, entry } of readEntry(place, phonebooks)) {
      entries.push(entry);
      for (const key of [reference, entry.name]) names.set(key, (names.get(key) ?? new Set()).add(entry.name));
    }
    if (entries.length > MAX_ENTRIES) place.fail(`at most ${MAX_ENTRIES} entries, copies included`);
  }
  return {
    description: fields.get('description')?.text(LONGEST.description) ?? '',
    entries,
    api:
      fields
        .get('api')
        ?.list()
        .map((place) => readTrouble(place, names)) ?? [],
    services: readServices(fields.get('services')),
    eventLog: readEventLog(fields.get('event_log'), entries.length > 0),
  };
}

/** The copies of one entry, and what `api[].entry` may call all of them. */
function readEntry(
  place: Place,
  phonebooks: ReadonlyMap<string, Phonebook>,
): readonly { readonly reference: string; readonly entry: ScenarioEntry }[] {
  const fields = place.fields(ENTRY_KEYS);
  const nameField = fields.get('name') ?? place.fail('name is missing');
  const name = nameField.text(LONGEST.entry);
  const count = fields.get('count')?.whole(1, MAX_ENTRIES);
  if ((count ?? 1) > 1 && !name.includes('{n}'))
    nameField.fail('with count, the name needs {n} for the number of the copy');
  const stagger = fields.get('stagger')?.duration({ zero: true }) ?? 0;
  if (stagger > 0 && count === undefined) fields.get('stagger')?.fail('stagger is for copies; add count');
  const phonebookName = fields.get('phonebook')?.choice('phone book', [...phonebooks.keys()]) ?? 'all_users';
  const phonebook = phonebooks.get(phonebookName) ?? ALL_USERS;
  const inPhonebook = fields.get('in_phonebook')?.flag() ?? phonebook.path !== '';
  if (inPhonebook && phonebook.path === '')
    fields.get('in_phonebook')?.fail('without a phone book, only false is right');
  const deviceType = fields.get('type')?.text(LONGEST.type) ?? 'vpn';
  const deviceName = fields.get('device')?.text(LONGEST.device) ?? 'WAN Miniport (IKEv2)';
  const shared = {
    phonebook,
    inPhonebook,
    deviceType,
    deviceName,
    traffic: readTraffic(fields.get('traffic'), deviceType),
    negotiated: readNegotiated(fields.get('negotiated'), deviceName),
    alwaysOn: fields.get('always_on')?.flag() ?? false,
    vpnStrategy: readOption(fields.get('strategy'), 'strategy', VPN_STRATEGIES),
    encryption: readOption(fields.get('encryption'), 'encryption', ENCRYPTIONS),
    owner: fields.get('owner')?.choice('owner', OWNERS) ?? 'self',
    subEntry: fields.get('sub_entry')?.whole(1, 0xffff) ?? 1,
    timeline: readTimeline(fields.get('timeline'), fields.get('repeat')),
  };
  const server = fields.get('server')?.text(LONGEST.server) ?? 'vpn.example.com';
  if (count === undefined) return [{ reference: name, entry: { ...shared, name, server, phase: 0 } }];
  return Array.from({ length: count }, (_, index) => {
    const number = String(index + 1);
    const copy = name.replaceAll('{n}', number);
    if (copy.length > LONGEST.entry)
      nameField.fail(`with the number ${number} it has more than ${LONGEST.entry} characters`);
    const entry = { ...shared, name: copy, server: server.replaceAll('{n}', number), phase: index * stagger };
    return { reference: name, entry };
  });
}

/** A word, or the raw number of one that has none. */
function readOption(
  place: Place | undefined,
  kind: string,
  words: Readonly<Record<string, number>>,
): number | undefined {
  if (place === undefined || place.isNumber()) return place?.whole(0, 0xffff_ffff);
  return words[place.choice(kind, Object.keys(words))];
}

function readTrouble(place: Place, names: NamesByReference): ApiTrouble {
  const fields = place.fields(API_KEYS);
  const functionField = fields.get('function') ?? place.fail('function is missing');
  const name = functionField.choice('function', RAS_FUNCTIONS);
  const entryField = fields.get('entry');
  if (!ENTRY_FUNCTIONS.includes(name)) {
    const those = `${ENTRY_FUNCTIONS.slice(0, -1).join(', ')} and ${ENTRY_FUNCTIONS.at(-1)}`;
    entryField?.fail(`${name} is not called for an entry; only ${those} are`);
  }
  const spell = readSpell(fields.get('from'), fields.get('for'), fields.get('every'));
  const delay = readDelay(fields.get('delay'), fields.get('hang'));
  const returns = fields.get('returns')?.whole(1, 0xffff_ffff) ?? 0;
  if (delay === 0 && returns === 0) place.fail('nothing is wrong here; add returns, delay or hang: true');
  return {
    function: name,
    entries: entryField === undefined ? undefined : namesOf(entryField, names),
    ...spell,
    returns,
    delay,
  };
}

function namesOf(place: Place, names: NamesByReference): ReadonlySet<string> {
  return names.get(place.choice('entry', [...names.keys()])) ?? new Set();
}
