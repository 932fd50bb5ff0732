/** A start that waits for addresses which are not there yet: those of DHCP or a VPN, and names, when Windows has just started. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ListenError, type Listening } from './listen.ts';

/** How a start waits. */
export interface Patience {
  /** Milliseconds that it waits at most. */
  readonly most: number;
  /** Milliseconds between two attempts. */
  readonly interval: number;
  /** Is told before each wait why. */
  waiting(problem: ListenError): void;
}

/** This machine has not that address; the name server does not answer. Both may come; a port that is in use stays so. */
const MAY_COME: readonly (string | undefined)[] = ['EADDRNOTAVAIL', 'EAI_AGAIN'];

/**
 * Listens, again and again while an address may still come.
 *
 * @throws ListenError the last one
 */
export async function listenPatiently(
  listenNow: () => Promise<Listening>,
  { most, interval, waiting }: Patience,
): Promise<Listening> {
  const deadline = performance.now() + most;
  for (;;) {
    try {
      return await listenNow();
    } catch (error) {
      const mayCome = error instanceof ListenError && MAY_COME.includes(error.code);
      if (!mayCome || performance.now() >= deadline) throw error;
      waiting(error);
      await sleep(interval);
    }
  }
}
