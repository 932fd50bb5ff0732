/**
 * What is remembered of one connection: how often it entered an error, and which error each of its dial attempts was last
 * seen in.
 *
 * An error is counted when an attempt *enters* it: not once per scrape, not once per scraper. An attempt is known by its handle
 * and its guidCorrelationId, so a restarted dial of the same entry counts anew even when it fails with the same code.
 */
import { boundedCode } from '../../ras/errors.ts';

/** How many attempts that Windows no longer shows are remembered, lest one that flickers be counted twice. */
const REMEMBERED_ATTEMPTS = 16;

/** What makes an attempt the same attempt. */
export interface AttemptKey {
  readonly handle: bigint;
  readonly correlationId: string;
}

interface Attempt {
  error: number;
  /** When the error was entered, as a number that rises with every entering. */
  since: number;
  readonly correlated: boolean;
}

export class ConnectionHistory {
  readonly #attempts = new Map<string, Attempt>();
  readonly #errors = new Map<number, number>();
  #failures = 0;
  #enterings = 0;

  /** Takes note of the error of an attempt, as it stands now; 0 = none. */
  observe(attempt: AttemptKey, error: number): void {
    const key = attemptKey(attempt);
    const known = this.#attempts.get(key) ?? { error: 0, since: 0, correlated: attempt.correlationId !== '' };
    if (error !== 0 && error !== known.error) {
      this.#enterings += 1;
      known.since = this.#enterings;
      this.#failures += 1;
      const code = boundedCode(error, this.#errors);
      this.#errors.set(code, (this.#errors.get(code) ?? 0) + 1);
    }
    known.error = error;
    // Set anew, so that the map's order is that of the last sight.
    this.#attempts.delete(key);
    this.#attempts.set(key, known);
  }

  /** When an attempt entered its error: the higher, the newer; 0 when it never did. */
  enteredAt(attempt: AttemptKey): number {
    return this.#attempts.get(attemptKey(attempt))?.since ?? 0;
  }

  /** Forgets attempts that Windows no longer shows. Without a correlation id their handle may come back as another dial. */
  retain(present: readonly AttemptKey[]): void {
    if (this.#attempts.size === 0) return;
    const keys = new Set(present.map(attemptKey));
    const gone = [...this.#attempts].filter(([key]) => !keys.has(key));
    const surplus = gone.length - REMEMBERED_ATTEMPTS;
    for (const [index, [key, { correlated }]] of gone.entries()) {
      if (!correlated || index < surplus) this.#attempts.delete(key);
    }
  }

  /** Times an error was entered. */
  get failures(): number {
    return this.#failures;
  }

  /** Times each error was entered. */
  get errors(): ReadonlyMap<number, number> {
    return this.#errors;
  }
}

function attemptKey({ handle, correlationId }: AttemptKey): string {
  return `${handle}/${correlationId}`;
}
