/**
 * TLS as the web configuration says now: whoever connects gets the certificate, the authorities and the rules of this moment.
 *
 * A server's rules cannot be changed, so each state of the configuration has a server of its own. None of them listens: they are
 * handed connections (https://nodejs.org/api/tls.html#event-connection).
 */
import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { Logger } from '../../logging/logger.ts';
import type { CurrentConfig } from './current.ts';
import { clientProblem, readMaterial, type TlsMaterial, tlsOptions } from './tls.ts';
import { type TlsConfig, WebConfigError } from './web-config.ts';

/** Milliseconds for a handshake. */
const HANDSHAKE_TIMEOUT = 10_000;

interface State {
  readonly config: TlsConfig;
  readonly material: TlsMaterial;
  readonly server: Server;
}

export class SecureConnections {
  readonly #current: CurrentConfig;
  readonly #log: Logger;
  readonly #accept: (socket: TLSSocket) => void;
  #state: State;
  #problem = '';

  /**
   * @param config what `current` says about TLS
   * @param accept is given every connection whose client is let in
   * @throws WebConfigError
   */
  constructor(current: CurrentConfig, config: TlsConfig, log: Logger, accept: (socket: TLSSocket) => void) {
    this.#current = current;
    this.#log = log;
    this.#accept = accept;
    this.#state = this.#stateOf(config, readMaterial(config));
  }

  /** Shakes hands over a connection that nobody has read from. */
  shakeHands(socket: Socket): void {
    this.#refresh();
    this.#state.server.emit('connection', socket);
  }

  /** While something is wrong, the last state that was right goes on: halfway through a rotation, key and certificate differ. */
  #refresh(): void {
    let problem = '';
    try {
      const config = this.#current.get();
      if (config instanceof WebConfigError) return;
      if (config.tls === undefined) throw new WebConfigError('tls_server_config is gone; plain HTTP needs a restart');
      const material = readMaterial(config.tls);
      if (config.tls !== this.#state.config || !isSame(material, this.#state.material)) {
        this.#state = this.#stateOf(config.tls, material);
        this.#log.info('TLS certificate or settings read anew');
      }
    } catch (error) {
      if (!(error instanceof WebConfigError)) throw error;
      problem = error.message;
    }
    if (problem !== '' && problem !== this.#problem) this.#log.error('TLS goes on as it was', { err: problem });
    this.#problem = problem;
  }

  #stateOf(config: TlsConfig, material: TlsMaterial): State {
    const server = createServer({ ...tlsOptions(config, material), handshakeTimeout: HANDSHAKE_TIMEOUT });
    server.on('secureConnection', (socket) => {
      socket.on('error', () => {});
      const problem = clientProblem(config, socket);
      if (problem === undefined) this.#accept(socket);
      else this.#refuse(socket, problem);
    });
    server.on('tlsClientError', (error, socket) => this.#refuse(socket, error.message));
    return { config, material, server };
  }

  #refuse(socket: TLSSocket, err: string): void {
    // OpenSSL ends its messages with a line break.
    this.#log.debug('TLS handshake failed', { remote: socket.remoteAddress, err: err.trim() });
    socket.destroy();
  }
}

function isSame(one: TlsMaterial, other: TlsMaterial): boolean {
  // Secrets are objects of their configuration, which is the same object until its text changes.
  return one.cert === other.cert && one.key === other.key && one.clientCa === other.clientCa;
}
