/** A backend that does what a test tells it with what is pushed to it over HTTP: takes it, refuses it, or leaves it unanswered. */
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** `hang`: never answers. `drip`: begins to answer, and sends a byte now and then, for ever. */
export type Behaviour = 'hang' | 'drip' | Answer | (() => Answer);

/** `reason` is its phrase on the status line, by default that of the status. */
export interface Answer {
  readonly status: number;
  readonly body?: string | Buffer;
  readonly reason?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface PushedRequest {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** Unpacked. */
  readonly body: Buffer;
}

export interface OtlpBackend {
  readonly url: string;
  readonly requests: readonly PushedRequest[];
  /** Connections that are open. */
  readonly connections: number;
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}

const DRIP_MS = 50;

/** @param tls with it the backend speaks HTTPS */
export async function startBackend({
  port = 0,
  tls,
}: {
  readonly port?: number;
  readonly tls?: ServerOptions;
} = {}): Promise<OtlpBackend> {
  const requests: PushedRequest[] = [];
  const sockets = new Set<Socket>();
  let behaviour: Behaviour = { status: 200 };
  const handle: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const raw = Buffer.concat(chunks);
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
      requests.push({ path: request.url ?? '', headers: request.headers, body });
      if (behaviour === 'hang') return;
      if (behaviour === 'drip') {
        response.writeHead(200);
        const drip = setInterval(() => response.write('x'), DRIP_MS);
        response.once('close', () => clearInterval(drip));
        return;
      }
      const answer = typeof behaviour === 'function' ? behaviour() : behaviour;
      response.writeHead(answer.status, answer.reason, { ...answer.headers }).end(answer.body);
    });
  };
  const server = tls === undefined ? createServer(handle) : createTlsServer(tls, handle);
  server.on('connection', (socket) => {
    if (!(socket instanceof Socket)) return;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((listening, fail) => {
    server.once('error', fail);
    server.listen(port, '127.0.0.1', listening);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http${tls === undefined ? '' : 's'}://127.0.0.1:${bound}`,
    requests,
    get connections() {
      return sockets.size;
    },
    behave(next) {
      behaviour = next;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((closed) => server.close(() => closed()));
    },
  };
}
