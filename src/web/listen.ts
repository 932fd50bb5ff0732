/** HTTP servers on every configured address, and their end. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ListenAddress } from '../config/values.ts';

/** Servers that listen. */
export interface Listening {
  /** `127.0.0.1:10600`, `[::]:10600`: what was really bound. */
  readonly addresses: readonly string[];
  /** Takes no new request, lets those in flight end, and cuts them off after `grace` milliseconds. */
  close(grace: number): Promise<void>;
}

/** An address that cannot be listened on. */
export class ListenError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ListenError';
  }
}

/** @throws ListenError when one address cannot be had; none is listened on then */
export async function listen(addresses: readonly ListenAddress[], handler: RequestListener): Promise<Listening> {
  const servers: Server[] = [];
  try {
    for (const address of addresses) servers.push(await listenOn(address, handler));
  } catch (error) {
    await Promise.all(servers.map((server) => closeServer(server, 0)));
    throw error;
  }
  return {
    addresses: servers.map(boundAddress),
    close: async (grace) => {
      await Promise.all(servers.map((server) => closeServer(server, grace)));
    },
  };
}

function listenOn({ host, port }: ListenAddress, handler: RequestListener): Promise<Server> {
  // Longer than a scrape interval: else every scrape pays for a new connection.
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 75_000 }, handler);
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const place = `${host === undefined ? '' : host.includes(':') ? `[${host}]` : host}:${port}`;
      reject(new ListenError(`cannot listen on ${place}: ${listenProblem(error)}`));
    });
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.removeAllListeners('error');
      server.on('error', () => {});
      resolve(server);
    });
  });
}

function listenProblem(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return 'the port is in use; choose another with --web.listen-address';
    case 'EACCES':
      return 'no permission for this port; choose one above 1023 with --web.listen-address';
    case 'EADDRNOTAVAIL':
      return 'this machine does not have that address';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the host name is not known';
    default:
      return error.message;
  }
}

function boundAddress(server: Server): string {
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') return String(address);
  return `${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
}

function closeServer(server: Server, grace: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), grace);
    // A connection that is kept alive becomes idle when its last answer is sent.
    const sweep = setInterval(() => server.closeIdleConnections(), 50);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(sweep);
      resolve();
    });
    server.closeIdleConnections();
  });
}
