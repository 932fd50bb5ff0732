/** HTTP servers on every configured address, and their end. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { ListenAddress } from '../config/values.ts';
import { Connections } from './connections.ts';
import type { FrontDoor } from './front-door.ts';
import { expectTls } from './tls-or-plain.ts';

/** Servers that listen. */
export interface Listening {
  /** `127.0.0.1:10600`, `[::]:10600`: what was really bound. */
  readonly addresses: readonly string[];
  /** Takes no new request, lets those in flight end, and cuts them off after `grace` milliseconds. */
  close(grace: number): Promise<void>;
}

/** An address that cannot be listened on. */
export class ListenError extends Error {
  /** That of Node.js: `EADDRINUSE`. */
  readonly code: string | undefined;

  constructor(message: string, code?: string) {
    super(message);
    this.name = 'ListenError';
    this.code = code;
  }
}

/** A server and its connections. */
interface Listener {
  readonly server: Server;
  readonly connections: Connections;
}

const TIMES = {
  headersTimeout: 10_000,
  requestTimeout: 15_000,
  // How often both are looked at.
  connectionsCheckingInterval: 1000,
  // Longer than a scrape interval: else every scrape pays for a new connection.
  keepAliveTimeout: 75_000,
} as const;

/**
 * @param door what a web configuration asks for
 * @throws ListenError when one address cannot be had; none is listened on then
 */
export async function listen(
  addresses: readonly ListenAddress[],
  handler: RequestListener,
  door?: FrontDoor,
): Promise<Listening> {
  const listeners: Listener[] = [];
  const close = async (grace: number) => {
    await Promise.all(listeners.map((listener) => closeListener(listener, grace)));
  };
  try {
    for (const address of addresses) {
      const listener = createListener(handler, door);
      await startListening(listener.server, address);
      listeners.push(listener);
    }
  } catch (error) {
    await close(0);
    throw error;
  }
  return { addresses: listeners.map(({ server }) => boundAddress(server)), close };
}

function createListener(handler: RequestListener, door: FrontDoor | undefined): Listener {
  const connections = new Connections(handler);
  const server = createServer(TIMES);
  const [serveConnection] = server.listeners('connection');
  if (serveConnection === undefined) throw new Error('an HTTP server without a listener of its own');
  const serve = (socket: Socket) => void Reflect.apply(serveConnection, server, [socket]);
  const opened = door?.open(serve);
  const shakeHands = opened?.shakeHands;
  server.removeAllListeners('connection');
  server.on('connection', (socket) => {
    if (!connections.add(socket)) return;
    if (shakeHands === undefined) serve(socket);
    else expectTls(socket, shakeHands);
  });
  // Whoever wants to be told first to go on has a body to send, and is told not to; an unknown expectation Node.js would answer
  // before anybody asks who may.
  for (const event of ['request', 'checkContinue', 'checkExpectation'] as const) {
    server.on(event, (request, response) => {
      opened?.arrive(request);
      connections.request(request, response);
    });
  }
  return { server, connections };
}

function startListening(server: Server, { host, port }: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const place = `${host === undefined ? '' : host.includes(':') ? `[${host}]` : host}:${port}`;
      reject(new ListenError(`cannot listen on ${place}: ${listenProblem(error)}`, error.code));
    });
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.removeAllListeners('error');
      server.on('error', () => {});
      resolve();
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

function closeListener({ server, connections }: Listener, grace: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => connections.closeAll(), grace);
    // A connection that is kept alive becomes idle when its last answer is sent.
    const sweep = setInterval(() => connections.closeIdle(), 50);
    server.close(() => {
      clearTimeout(cut);
      clearInterval(sweep);
      resolve();
    });
    connections.closeIdle();
  });
}
