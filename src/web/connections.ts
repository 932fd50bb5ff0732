/**
 * The connections of one listener, within bounds: so many at once, so many requests waiting on each, so long for an answer.
 *
 * Clients that are slow, or do nothing at all, must not keep Prometheus out: when there is no room left, whoever has been here
 * longest without having asked for anything goes first, then whoever has been idle longest since its last answer, then whoever
 * takes longest to read one.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Two Prometheus servers need two; a machine that is looked at by many people some dozens. */
export const MAX_CONNECTIONS = 512;

/** Requests of one connection that may wait for the answer to the first. */
export const MAX_PIPELINED = 8;

/** Milliseconds from a request to the last byte of its answer: a scrape of the longest kind, and half a minute to read it. */
const ANSWER_TIMEOUT = 90_000;

/** Milliseconds from a request after which somebody who does not read has to make room. */
const SLOW_READER = 3000;

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

interface Connection {
  /** As it was accepted, below TLS. */
  readonly socket: Socket;
  /** The first is being answered. */
  readonly exchanges: Exchange[];
  /** When the first of them was handed on. */
  began: number;
  served: boolean;
}

export class Connections {
  readonly #handler: RequestListener;
  readonly #answerTimeout: number;
  /** Whoever has been idle longest stands first. */
  readonly #open = new Map<string, Connection>();

  /**
   * @param handler is given the requests of a connection one after the other, never two at once
   * @param answerTimeout milliseconds from there to the last byte of the answer
   */
  constructor(handler: RequestListener, answerTimeout = ANSWER_TIMEOUT) {
    this.#handler = handler;
    this.#answerTimeout = answerTimeout;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Lets a connection in, if there is room or can be made. */
  add(socket: Socket): boolean {
    const key = keyOf(socket);
    if (key === undefined || (this.#open.size >= MAX_CONNECTIONS && !this.#makeRoom())) {
      socket.destroy();
      return false;
    }
    this.#open.set(key, { socket, exchanges: [], began: 0, served: false });
    socket.once('close', () => {
      if (this.#open.get(key)?.socket === socket) this.#open.delete(key);
    });
    return true;
  }

  /** A request has come, headers and all. */
  request(request: IncomingMessage, response: ServerResponse): void {
    const key = keyOf(request.socket);
    const connection = key === undefined ? undefined : this.#open.get(key);
    if (key === undefined || connection === undefined || connection.exchanges.length > MAX_PIPELINED) {
      request.socket.destroy();
      return;
    }
    connection.exchanges.push({ request, response });
    if (connection.exchanges.length === 1) this.#answer(key, connection);
  }

  /** Ends those that wait for no answer. */
  closeIdle(): void {
    for (const { socket, exchanges } of this.#open.values()) if (exchanges.length === 0) socket.destroy();
  }

  closeAll(): void {
    for (const { socket } of this.#open.values()) socket.destroy();
  }

  #answer(key: string, connection: Connection): void {
    const [exchange] = connection.exchanges;
    if (exchange === undefined) {
      connection.served = true;
      if (this.#open.get(key) !== connection) return;
      this.#open.delete(key);
      this.#open.set(key, connection);
      return;
    }
    const { request, response } = exchange;
    // Answers to those behind it would be computed for nobody.
    if (request.socket.destroyed) return;
    connection.began = performance.now();
    const timeout = setTimeout(() => request.socket.destroy(), this.#answerTimeout);
    response.once('close', () => {
      clearTimeout(timeout);
      connection.exchanges.shift();
      this.#answer(key, connection);
    });
    this.#handler(request, response);
  }

  #makeRoom(): boolean {
    const idle = [...this.#open].filter(([, { exchanges }]) => exchanges.length === 0);
    const [key, leaving] = idle.find(([, { served }]) => !served) ?? idle[0] ?? this.#slowestReader() ?? [];
    if (key === undefined || leaving === undefined) return false;
    this.#open.delete(key);
    leaving.socket.destroy();
    return true;
  }

  /** Whose answer has stood longest, of those that are only read any more. */
  #slowestReader(): [string, Connection] | undefined {
    const before = performance.now() - SLOW_READER;
    const slow = [...this.#open].filter(
      ([, { exchanges, began }]) => exchanges[0]?.response.headersSent === true && began < before,
    );
    return slow.toSorted(([, one], [, other]) => one.began - other.began)[0];
  }
}

/** The same for a connection below and above TLS; `undefined` when it is gone already. */
function keyOf({ remoteAddress, remotePort, localAddress }: Socket): string | undefined {
  return remotePort === undefined ? undefined : `${remoteAddress} ${remotePort} ${localAddress}`;
}
