/** The connections of a scrape by identity, for collectors that show something of each connection. */
import type { RasApi, RasConnection } from '../ras/api.ts';
import { type EntryFilter, isShown } from './entry-filter.ts';
import { Identities, type Identity } from './identity.ts';
import type { Phonebooks } from './phonebooks.ts';

/** The connections of one identity: several where an entry was dialled twice, or has several links. */
export interface Identified {
  readonly identity: Identity;
  readonly connections: readonly RasConnection[];
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
  const { entries, spelling } = await phonebooks.read(ras, connections, signal);
  const identities = new Identities();
  for (const name of spelling) identities.ofEntry(name);
  for (const name of entries) identities.ofEntry(name);
  const byIdentity = new Map<Identity, RasConnection[]>();
  for (const connection of connections) {
    const identity = identities.ofConnection(connection);
    if (!isShown(identity.entry, filter)) continue;
    const held = byIdentity.get(identity);
    if (held === undefined) byIdentity.set(identity, [connection]);
    else held.push(connection);
  }
  return Array.from(byIdentity, ([identity, found]) => ({ identity, connections: found }));
}
