/** What a web configuration file decides about connections and requests; `config/` has it, and is loaded when there is a file. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { RequestHandler } from 'express';

export interface FrontDoor {
  /** Whether all listeners speak TLS. */
  readonly tls: boolean;
  /** Opens it for one listener; `accept` is given connections after their handshake. */
  open(accept: (socket: TLSSocket) => void): Door;
  /** Lets a request pass, or answers it. */
  readonly guard: RequestHandler;
  close(): Promise<void>;
}

/** The door of one listener. */
export interface Door {
  /** Absent where there is no TLS. */
  readonly shakeHands: ((socket: Socket) => void) | undefined;
  /** A request came in by this door; before `guard` sees it. */
  arrive(request: IncomingMessage): void;
}
