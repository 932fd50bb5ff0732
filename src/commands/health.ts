/** `ras_exporter health`: for containers, whose image has no other program that could ask whether the exporter answers. */
import { request } from 'node:http';
import { type ConfigSource, tryLoadConfig } from '../config/load.ts';
import type { ListenAddress } from '../config/values.ts';

/** Milliseconds that an answer may take. Docker gives a check 30 seconds, Kubernetes one. */
const TIMEOUT = 3000;

/**
 * Asks the exporter that was started with the same flags, environment and file, at the first address that it listens on.
 *
 * A mistake that a file has got since then is not what this is about: the exporter goes on with what it has read before.
 *
 * @returns a line that says who answered
 * @throws Error when nobody answers, or only with an error of the server
 */
export async function health(source: ConfigSource): Promise<string> {
  const { config } = await tryLoadConfig(source);
  const [address] = config.web.listenAddresses;
  if (address === undefined) throw new Error('the exporter has no address');
  const url = `http://${hostOf(address)}:${address.port}/-/healthy`;
  const status = await statusOf(url);
  // Whoever wants a login (401), TLS (400) or time (429) is alive.
  if (status >= 500) throw new Error(`${url} answered ${status}`);
  return `${url} answered ${status}\n`;
}

/** Whoever listens on all addresses listens on that of the loopback interface. */
function hostOf({ host }: ListenAddress): string {
  if (host === undefined || host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

function statusOf(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => reject(new Error(`${url} does not answer: ${reason}`));
    const asked = request(url, { agent: false, signal: AbortSignal.timeout(TIMEOUT) }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    asked.on('error', (error: NodeJS.ErrnoException) =>
      fail(error.name === 'TimeoutError' || error.name === 'AbortError' ? `not within ${TIMEOUT} ms` : error.message),
    );
    asked.end();
  });
}
