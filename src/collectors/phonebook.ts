/**
 * Collector `phonebook`: the phone books and how their entries are configured.
 *
 * Reads RasEnumConnectionsW (whose phone books are read, too), RasEnumEntriesW for each phone book, and RasGetEntryPropertiesW for
 * each entry; all of which collector `connections` has read before it, so that a scrape with both makes no further call.
 */
import { gauge, info, type Sample, type Series } from '../metrics/metric.ts';
import type { RasConnection, RasEntryProperties } from '../ras/api.ts';
import { CallTimeout, ServiceStopped } from '../ras/call-errors.ts';
import { ENCRYPTIONS, ENTRY_TYPES, VPN_STRATEGIES, wordFor } from '../ras/entry-options.ts';
import { RASCF } from '../ras/states.ts';
import { CollectError, type Collector } from './collector.ts';
import { type EntryFilter, isShown } from './entry-filter.ts';
import { Identities, type Identity } from './identity.ts';
import { type PhonebookReading, Phonebooks, type PhonebooksOptions } from './phonebooks.ts';

const entryCount = gauge('ras_phonebook_entries', {
  help: 'Entries of each phone book that could be read (RasEnumEntriesW).',
  labels: ['phonebook'],
});
const entryInfo = info('ras_entry_info', {
  help: 'How the entry is configured (RASENTRYW.dwType, dwVpnStrategy, szDeviceType, szLocalPhoneNumber, dwEncryptionType, dwfOptions2).',
  labels: ['entry', 'phonebook', 'entry_type', 'vpn_strategy', 'device_type', 'server', 'encryption', 'always_on'],
});
const phonebookInfo = info('ras_phonebook_info', {
  help: 'The file of each phone book; only with --collector.phonebook.paths (RASENTRYNAMEW.szPhonebookPath, RASCONNW.szPhonebook).',
  labels: ['phonebook', 'path'],
});

/** What a scrape has learnt so far. */
interface Seen {
  connections: readonly RasConnection[];
  reading: PhonebookReading | undefined;
  /** By the key of the identity: of entries of one identity the first counts. */
  readonly properties: Map<Identity, RasEntryProperties>;
}

/** @param options with any path, `ras_phonebook_info` shows those of all phone books, which name the users whose profiles they lie in */
export function phonebookCollector(
  filter: EntryFilter = {},
  phonebooks = new Phonebooks(),
  options: PhonebooksOptions = { paths: [] },
): Collector {
  // Made once: most entries stand still from one scrape to the next, and so do their series.
  const infos = new Map<string, { readonly properties: RasEntryProperties; readonly series: Series }>();

  return {
    name: 'phonebook',
    lane: 'rasapi32',
    metrics: [entryCount, entryInfo, phonebookInfo],
    enabledByDefault: true,
    async collect({ ras, signal, report }) {
      const identities = new Identities();
      const seen: Seen = { connections: [], reading: undefined, properties: new Map() };
      const problems: Error[] = [];
      const attempt = async (step: () => Promise<void>) => {
        if (problems.some((problem) => problem instanceof CallTimeout || problem instanceof ServiceStopped)) return;
        try {
          await step();
        } catch (error) {
          problems.push(error instanceof Error ? error : new Error(String(error)));
        }
      };
      report(() => [
        entryCount.family(entryCounts(seen, identities)),
        entryInfo.family(entryInfos(seen.properties, infos)),
        phonebookInfo.family(options.paths.length > 0 ? phonebookPaths(seen, identities) : []),
      ]);
      await attempt(async () => {
        seen.connections = await ras.enumConnections(signal);
        for (const { phonebookPath, flags } of seen.connections) {
          identities.ofPhonebook(phonebookPath, (flags & RASCF.AllUsers) !== 0);
        }
      });
      await attempt(async () => {
        seen.reading = await phonebooks.read(ras, seen.connections, signal);
        problems.push(...seen.reading.problems);
      });
      for (const name of seen.reading?.entries ?? []) {
        const identity = identities.ofEntry(name);
        if (!isShown(identity.entry, filter) || seen.properties.has(identity)) continue;
        await attempt(async () => {
          seen.properties.set(identity, await ras.getEntryProperties(name, signal));
        });
      }
      if (problems.length > 0) throw new CollectError(problems);
    },
  };
}

/** Also of phone books that are empty: those that were read by their path, and that of all users. */
function entryCounts({ reading }: Seen, identities: Identities): Sample[] {
  const entries = new Map<string, Set<Identity>>();
  const of = (phonebook: string) => {
    const held = entries.get(phonebook) ?? new Set();
    entries.set(phonebook, held);
    return held;
  };
  if (reading?.standard) of('all_users');
  for (const name of reading?.entries ?? []) {
    const identity = identities.ofEntry(name);
    of(identity.phonebook).add(identity);
  }
  for (const path of reading?.paths ?? []) of(identities.ofPhonebook(path, false));
  return Array.from(entries, ([phonebook, held]) => entryCount.series({ phonebook }).at(held.size));
}

function entryInfos(
  found: ReadonlyMap<Identity, RasEntryProperties>,
  kept: Map<string, { readonly properties: RasEntryProperties; readonly series: Series }>,
): Sample[] {
  const samples: Sample[] = [];
  const present = new Set<string>();
  for (const [{ key, entry, phonebook }, properties] of found) {
    present.add(key);
    let held = kept.get(key);
    if (held === undefined || !isSame(held.properties, properties)) {
      held = { properties, series: entryInfo.series({ entry, phonebook, ...detailsOf(properties) }) };
      kept.set(key, held);
    }
    samples.push(held.series.at(1));
  }
  for (const key of kept.keys()) if (!present.has(key)) kept.delete(key);
  return samples;
}

function detailsOf({ type, vpnStrategy, deviceType, server, encryption, alwaysOn }: RasEntryProperties) {
  return {
    entry_type: wordFor(ENTRY_TYPES, type),
    vpn_strategy: wordFor(VPN_STRATEGIES, vpnStrategy),
    device_type: deviceType.toLowerCase(),
    server,
    encryption: wordFor(ENCRYPTIONS, encryption),
    always_on: String(alwaysOn),
  };
}

function isSame(a: RasEntryProperties, b: RasEntryProperties): boolean {
  return (
    a === b ||
    (a.type === b.type &&
      a.vpnStrategy === b.vpnStrategy &&
      a.deviceType === b.deviceType &&
      a.server === b.server &&
      a.encryption === b.encryption &&
      a.alwaysOn === b.alwaysOn)
  );
}

/** Every phone book that a label may stand for: also that of a connection which cannot be read. */
function phonebookPaths({ connections, reading }: Seen, identities: Identities): Sample[] {
  const series = new Map<string, Series>();
  const note = (path: string, allUsers: boolean) => {
    if (path === '') return;
    const phonebook = identities.ofPhonebook(path, allUsers);
    // Paths that differ in a lone surrogate only become the same label.
    const key = `${phonebook}\0${path.toWellFormed().toLowerCase()}`;
    if (!series.has(key)) series.set(key, phonebookInfo.series({ phonebook, path }));
  };
  for (const { phonebookPath, allUsers } of reading?.entries ?? []) note(phonebookPath, allUsers);
  for (const path of reading?.paths ?? []) note(path, false);
  for (const { phonebookPath, flags } of connections) note(phonebookPath, (flags & RASCF.AllUsers) !== 0);
  return Array.from(series.values(), (each) => each.at(1));
}
