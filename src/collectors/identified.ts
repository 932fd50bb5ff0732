/** The connections of a scrape by identity, for collectors that show something of each connection. */
import type { RasApi, RasConnection } from '../ras/api.ts';
import { type EntryFilter, isShown } from './entry-filter.ts';
import { Identities, type Identity } from './identity.ts';
import type { PhonebookReading, Phonebooks } from './phonebooks.ts';

/** The connections of one identity: several where an entry was dialled twice, or has several links. */
export interface Identified {
  readonly identity: Identity;
  readonly connections: readonly RasConnection[];
}

/** Every identity that is known, those of phone-book entries without a connection included. */
export interface Known {
  readonly identified: readonly Identified[];
  /** Whether RasEnumConnectionsW answered; if not, there may be connections that are not among them. */
  readonly enumerated: boolean;
  /** What could not be read: entries of those phone books are missing, unless they are connected. */
  readonly problems: readonly Error[];
}

/**
 * RasEnumConnectionsW and RasEnumEntriesW, with the identities under which collector `connections` shows what they enumerate.
 *
 * @returns without what is not shown
 */
export async function knownIdentities(
  ras: RasApi,
  phonebooks: Phonebooks,
  filter: EntryFilter,
  signal: AbortSignal,
): Promise<Known> {
  const problems: Error[] = [];
  const connections = await ras.enumConnections(signal).catch((error: unknown) => {
    problems.push(error instanceof Error ? error : new Error(String(error)));
    return undefined;
  });
  const reading = await phonebooks.read(ras, connections ?? [], signal);
  problems.push(...reading.problems);
  return { identified: identify(connections ?? [], reading, filter), enumerated: connections !== undefined, problems };
}

/**
 * RasEnumConnectionsW, with the identities under which collector `connections` shows what it enumerates.
 *
 * @returns without connections that are not shown
 * @throws what RasEnumConnectionsW throws; a phone book that cannot be read is the concern of those who show its entries
 */
export async function identifiedConnections(
  ras: RasApi,
  phonebooks: Phonebooks,
  filter: EntryFilter,
  signal: AbortSignal,
): Promise<Identified[]> {
  const connections = await ras.enumConnections(signal);
  const reading = await phonebooks.read(ras, connections, signal);
  return identify(connections, reading, filter).filter((one) => one.connections.length > 0);
}

function identify(
  connections: readonly RasConnection[],
  { entries, spelling }: PhonebookReading,
  filter: EntryFilter,
): Identified[] {
  const identities = new Identities();
  const byIdentity = new Map<Identity, RasConnection[]>();
  const held = (identity: Identity) => {
    let found = byIdentity.get(identity);
    if (found === undefined) {
      found = [];
      byIdentity.set(identity, found);
    }
    return found;
  };
  for (const name of spelling) identities.ofEntry(name);
  for (const name of entries) held(identities.ofEntry(name));
  for (const connection of connections) held(identities.ofConnection(connection)).push(connection);
  const identified: Identified[] = [];
  for (const [identity, found] of byIdentity) {
    if (isShown(identity.entry, filter)) identified.push({ identity, connections: found });
  }
  return identified;
}
