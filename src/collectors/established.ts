/** The connections that are up: only they have something negotiated, and something to count. */
import type { RasApi, RasConnection } from '../ras/api.ts';
import { CallTimeout, FunctionMissing, ServiceStopped } from '../ras/call-errors.ts';
import { CONNECTION_STATES, connectionState, RASCONNSTATE } from '../ras/states.ts';
import type { Identified } from './identified.ts';

/**
 * RasGetConnectStatusW for each connection, which collector `connections` has asked for already. A connection whose status
 * Windows does not tell may be up; that it does not is the concern of that collector.
 *
 * @returns each handle once; those in state RASCS_Connected from the best to the worst, then those whose state is not known
 * @throws CallTimeout, ServiceStopped
 */
async function establishedConnections(
  ras: RasApi,
  connections: readonly RasConnection[],
  signal: AbortSignal,
): Promise<readonly RasConnection[]> {
  const ranked: { readonly connection: RasConnection; readonly rank: number }[] = [];
  const isSingle = connections.length === 1;
  const byHandle = isSingle ? undefined : new Map(connections.map((connection) => [connection.handle, connection]));
  for (const connection of byHandle?.values() ?? connections) {
    const rank = await rankOf(ras, connection.handle, signal);
    if (rank !== undefined) ranked.push({ connection, rank });
  }
  if (ranked.length > 1) ranked.sort((a, b) => a.rank - b.rank);
  return ranked.map(({ connection }) => connection);
}

/** `undefined` when the connection is not up. */
async function rankOf(ras: RasApi, handle: bigint, signal: AbortSignal): Promise<number | undefined> {
  try {
    const status = await ras.getConnectStatus(handle, signal);
    if (status?.state !== RASCONNSTATE.RASCS_Connected) return undefined;
    return CONNECTION_STATES.indexOf(connectionState(status));
  } catch (error) {
    if (endsCollection(error)) throw error;
    return CONNECTION_STATES.length;
  }
}

/** Whether what failed for one connection fails for every other, too. */
function endsCollection(error: unknown): boolean {
  return error instanceof CallTimeout || error instanceof ServiceStopped;
}

/**
 * Reads something of each connection that is up, identity by identity, the best connection of each first.
 *
 * An error of one connection hides no other; what fails for all of them ends it: a deadline, a service that is stopped, a
 * function that does not exist.
 *
 * @returns what went wrong
 */
export async function readEstablished(
  ras: RasApi,
  identified: readonly Identified[],
  signal: AbortSignal,
  read: (connection: RasConnection, identified: Identified) => Promise<void>,
): Promise<Error[]> {
  const problems: Error[] = [];
  for (const one of identified) {
    if (one.connections.length === 0) continue;
    try {
      for (const connection of await establishedConnections(ras, one.connections, signal)) {
        try {
          await read(connection, one);
        } catch (error) {
          if (endsCollection(error) || error instanceof FunctionMissing) throw error;
          problems.push(asError(error));
        }
      }
    } catch (error) {
      problems.push(asError(error));
      break;
    }
  }
  return problems;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
