/**
 * Folds what Windows said into one view per identity.
 *
 * Two connections may have one identity: links of a multilink connection, a stale handle beside a fresh one, an entry dialled
 * twice. They are shown as one: up when any is up, the best state wins (with its raw codes and its device), the newest error
 * wins, failures are counted for each.
 */
import type { RasConnection, RasConnectionStatus, RasEntryName, RasEntryProperties } from '../../ras/api.ts';
import { CONNECTION_STATES, type ConnectionState, connectionState, RASCF } from '../../ras/states.ts';
import { Identities, type Identity } from '../identity.ts';
import type { ConnectionHistory } from './history.ts';
import type { ConnectionDetails } from './metrics.ts';

/** What Windows said during one scrape, filled step by step. */
export interface Observation {
  /** RasEnumConnectionsW; `undefined` while it has not answered. */
  connections: readonly RasConnection[] | undefined;
  /** RasGetConnectStatusW by handle: a status, `gone`, or absent when it is not known. */
  readonly statuses: Map<bigint, RasConnectionStatus | 'gone'>;
  /** RasEnumEntriesW; `undefined` while no phone book could be read. */
  entries: readonly RasEntryName[] | undefined;
  /** Entries of phone books that cannot be read now, in whose spelling connections are shown. */
  spelling: readonly RasEntryName[];
  /** RasGetEntryPropertiesW by entry. */
  readonly properties: Map<RasEntryName, RasEntryProperties>;
}

/** One connection of an identity, with its status if that is known. */
export interface Live {
  readonly connection: RasConnection;
  readonly status: RasConnectionStatus | undefined;
  readonly state: ConnectionState | undefined;
}

/** Everything that is known of one identity. */
export interface View {
  readonly identity: Identity;
  /** Its connections, the best state first, those of unknown state last. */
  readonly live: Live[];
  readonly entry: RasEntryName | undefined;
  readonly properties: RasEntryProperties | undefined;
  /** `undefined` when Windows did not tell. */
  readonly state: ConnectionState | undefined;
}

/** An observation of nothing. */
export function emptyObservation(): Observation {
  return { connections: undefined, statuses: new Map(), entries: undefined, spelling: [], properties: new Map() };
}

/** One view per identity. */
export function fold(seen: Observation): View[] {
  const identities = new Identities();
  const drafts = new Map<string, { identity: Identity; live: Live[]; entry: RasEntryName | undefined }>();
  const draft = (identity: Identity) => {
    let made = drafts.get(identity.key);
    if (made === undefined) {
      made = { identity, live: [], entry: undefined };
      drafts.set(identity.key, made);
    }
    return made;
  };
  for (const name of seen.spelling) identities.ofEntry(name);
  for (const name of seen.entries ?? []) draft(identities.ofEntry(name)).entry ??= name;
  for (const connection of seen.connections ?? []) {
    const status = seen.statuses.get(connection.handle);
    if (status === 'gone') continue;
    const state = status === undefined ? undefined : connectionState(status);
    draft(identities.ofConnection(connection)).live.push({ connection, status, state });
  }
  return [...drafts.values()].map(({ identity, live, entry }) => {
    if (live.length > 1) live.sort((a, b) => rank(a.state) - rank(b.state));
    return {
      identity,
      live,
      entry,
      properties: entry === undefined ? undefined : seen.properties.get(entry),
      state: viewState(seen, live),
    };
  });
}

function viewState(seen: Observation, live: readonly Live[]): ConnectionState | undefined {
  const best = live[0];
  if (best === undefined) return seen.connections === undefined ? undefined : 'disconnected';
  // A better one may hide behind a status that is not known, except behind the best there is.
  if (best.state !== 'connected' && live.some(({ state }) => state === undefined)) return undefined;
  return best.state;
}

function rank(state: ConnectionState | undefined): number {
  return state === undefined ? CONNECTION_STATES.length : CONNECTION_STATES.indexOf(state);
}

/** Counts the errors that a view's attempts have entered since the last scrape. */
export function noteErrors({ live }: View, history: ConnectionHistory): void {
  for (const { connection, status } of live) {
    if (status !== undefined) history.observe(connection, status.error);
  }
  history.retain(live.map(({ connection }) => connection));
}

/** The newest error of a view's connections; 0 when none has one. */
export function newestError({ live }: View, history: ConnectionHistory): number {
  let newest = -1;
  let error = 0;
  for (const { connection, status } of live) {
    if (status === undefined || status.error === 0) continue;
    const entered = history.enteredAt(connection);
    if (entered <= newest) continue;
    newest = entered;
    error = status.error;
  }
  return error;
}

const PROTOCOLS = ['ikev2', 'sstp', 'l2tp', 'pptp', 'pppoe', 'gre'] as const;

/** The tunnel protocol as the device name tells it (`WAN Miniport (IKEv2)` → `ikev2`); empty when it does not. */
function protocolOf(deviceName: string): string {
  const words = deviceName.toLowerCase().split(/[^a-z0-9]+/);
  return PROTOCOLS.find((protocol) => words.includes(protocol)) ?? '';
}

/** The labels of `ras_connection_info`: of the connection, or of the entry while there is none. */
export function detailsOf({ live, properties }: View): ConnectionDetails {
  const best = live[0];
  const first = (...values: (string | undefined)[]) =>
    values.find((value) => value !== undefined && value !== '') ?? '';
  // The status comes first: it names the device in use where an automatic strategy chose another than configured.
  const device_type = first(best?.status?.deviceType, best?.connection.deviceType, properties?.deviceType);
  const device_name = first(best?.status?.deviceName, best?.connection.deviceName, properties?.deviceName);
  return {
    device_type: device_type.toLowerCase(),
    device_name,
    protocol: protocolOf(device_name),
    server: first(best?.status?.phoneNumber, properties?.server),
    ownership: best === undefined ? 'unknown' : ownershipOf(best.connection.flags),
    entry_id: first(best?.connection.entryId, properties?.entryId),
  };
}

function ownershipOf(flags: number): ConnectionDetails['ownership'] {
  if ((flags & RASCF.OwnerKnown) === 0) return 'unknown';
  return (flags & RASCF.OwnerMatch) === 0 ? 'other' : 'self';
}
