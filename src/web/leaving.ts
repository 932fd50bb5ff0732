/** When a client leaves before it has its answer. */
import type { ServerResponse } from 'node:http';

/** Aborted when the connection of a response ends, or the response has. */
export function leaving(response: ServerResponse): AbortSignal {
  const left = new AbortController();
  if (response.destroyed) left.abort();
  else response.once('close', () => left.abort());
  return left.signal;
}
