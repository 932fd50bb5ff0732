/** `ras_exporter health`: for containers, whose image has no other program that could ask whether the exporter answers. */
import { request } from 'node:http';
import { type ConfigSource, tryLoadConfig } from '../config/load.ts';
import type { ListenAddress } from '../config/values.ts';

/** Milliseconds that an answer may take. Docker gives a check 30 seconds, Kubernetes one. */
const TIMEOUT = 3000;

/**
 * Asks the exporter that was started with the same flags, environment and file, at the first address that it listens on.
 *
 * @returns a line that says who answered
 * @throws Error when nobody answers, or only with an error of the server, or when it is not known who is to be asked
 */
export async function health(source: ConfigSource): Promise<string> {
  const address = await addressOf(source);
  const url = `http://${hostOf(address)}:${address.port}/-/healthy`;
  const status = await statusOf(url);
  // Whoever wants a login (401), TLS (400) or time (429) is alive.
  if (status >= 500) throw new Error(`${url} answered ${status}`);
  return `${url} answered ${status}\n`;
}

/**
 * The first address that the exporter listens on.
 *
 * A mistake that a file has got since the start is not what this is about, since the exporter goes on with what it read before.
 * But the default address is asked only where it is sure that no other is meant.
 */
async function addressOf(source: ConfigSource): Promise<ListenAddress> {
  const { settings, config, problems, unread, wrong } = await tryLoadConfig(source);
  const flag = 'web.listen-address';
  const guessed = wrong.has(flag) || (unread.length > 0 && settings.get(flag)?.origin === 'default');
  const [address] = config.web.listenAddresses;
  if (guessed || address === undefined) {
    throw new Error(`it is not known where the exporter listens: ${problems.join('; ')}`);
  }
  return address;
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
