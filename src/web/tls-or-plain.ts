/** Tells a client that speaks plain HTTP to a TLS listener what is wrong, instead of hanging up on it. */
import type { Socket } from 'node:net';

/** Milliseconds until a client has to begin. */
const FIRST_BYTE_TIMEOUT = 10_000;

/** First byte of every TLS connection: a record of the type handshake (RFC 8446 §5.1). */
const HANDSHAKE = 0x16;

const ANSWER = [
  'HTTP/1.0 400 Bad Request',
  'Content-Type: text/plain; charset=utf-8',
  'Connection: close',
  '',
  'Client sent an HTTP request to an HTTPS server.\n',
].join('\r\n');

/** Looks at the first byte; `shakeHands` gets the connection as if nobody had. */
export function expectTls(socket: Socket, shakeHands: (socket: Socket) => void): void {
  socket.on('error', () => {});
  socket.setTimeout(FIRST_BYTE_TIMEOUT, () => socket.destroy());
  socket.once('readable', () => {
    const bytes: unknown = socket.read();
    if (!Buffer.isBuffer(bytes)) {
      socket.destroy();
      return;
    }
    if (bytes[0] !== HANDSHAKE) {
      socket.end(/^[A-Z]/.test(bytes.toString('latin1', 0, 1)) ? ANSWER : '', () => socket.destroy());
      return;
    }
    socket.setTimeout(0);
    socket.unshift(bytes);
    shakeHands(socket);
  });
}
