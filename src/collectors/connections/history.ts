/**
 * What is remembered of one connection: how often it entered an error, and which error each of its dial attempts was last
 * seen in.
 *
 * An error is counted when an attempt *enters* it: not once per scrape, not once per scraper. An attempt is known by its handle
 * and its guidCorrelationId, so a restarted dial of the same entry counts anew even when it fails with the same code. Windows may
 * tell the id at times only: a handle that was there the last time is the same attempt where either of the ids is missing.
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
  readonly handle: bigint;
  /** The last one that it was seen with; empty when there was none. */
  correlationId: string;
  error: number;
  /** When the error was entered, as a number that rises with every entering; 0 when none was. */
  since: number;
  /** The last round in which Windows showed it. */
  round: number;
}

export class ConnectionHistory {
  readonly #attempts = new Map<string, Attempt>();
  /** The one that was seen last, by handle. */
  readonly #recent = new Map<bigint, Attempt>();
  readonly #errors = new Map<number, number>();
  /** The attempt that was asked for last; with one connection per entry that is always the one that is meant. */
  #latest: Attempt | undefined;
  /** How many of the attempts have no correlation id. */
  #uncorrelated = 0;
  #round = 0;
  #failures = 0;
  #enterings = 0;

  /** Takes note of the error of an attempt, as it stands now; 0 = none. */
  observe(key: AttemptKey, error: number): void {
    const attempt = this.#find(key) ?? this.#add(key);
    if (error !== 0 && error !== attempt.error) {
      this.#enterings += 1;
      attempt.since = this.#enterings;
      this.#failures += 1;
      const code = boundedCode(error, this.#errors);
      this.#errors.set(code, (this.#errors.get(code) ?? 0) + 1);
    }
    attempt.error = error;
    this.#identify(attempt, key.correlationId);
  }

  /** When an attempt entered its error: the higher, the newer; 0 when it never did. */
  enteredAt(key: AttemptKey): number {
    return this.#find(key)?.since ?? 0;
  }

  /**
   * Forgets attempts that Windows no longer shows, but for the last few: one may be left out of an enumeration and come back.
   * Without a correlation id there is no telling, and the handle may come back as that of another dial.
   */
  retain(present: readonly AttemptKey[]): void {
    const shown = present.map((key) => this.#find(key));
    this.#round += 1;
    for (const attempt of shown) if (attempt !== undefined) attempt.round = this.#round;
    if (this.#uncorrelated === 0 && this.#attempts.size - present.length <= REMEMBERED_ATTEMPTS) return;
    const gone = [...this.#attempts.values()].filter(({ round }) => round !== this.#round);
    gone.sort((a, b) => a.round - b.round);
    const surplus = gone.length - REMEMBERED_ATTEMPTS;
    for (const [index, attempt] of gone.entries()) {
      if (attempt.correlationId === '' || index < surplus) this.#forget(attempt);
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

  #find(key: AttemptKey): Attempt | undefined {
    if (isSame(this.#latest, key)) return this.#latest;
    const attempt = this.#attempts.get(textKey(key)) ?? this.#findByHandle(key);
    if (attempt !== undefined) this.#latest = attempt;
    return attempt;
  }

  #findByHandle({ handle, correlationId }: AttemptKey): Attempt | undefined {
    const attempt = this.#recent.get(handle);
    if (attempt === undefined || attempt.round !== this.#round) return undefined;
    return correlationId === '' || attempt.correlationId === '' ? attempt : undefined;
  }

  #add({ handle, correlationId }: AttemptKey): Attempt {
    const attempt = { handle, correlationId, error: 0, since: 0, round: this.#round };
    this.#attempts.set(textKey(attempt), attempt);
    this.#latest = attempt;
    if (correlationId === '') this.#uncorrelated += 1;
    return attempt;
  }

  /** Takes note of the id under which an attempt is seen now; one that it had stays when it has none. */
  #identify(attempt: Attempt, correlationId: string): void {
    if (this.#recent.get(attempt.handle) !== attempt) this.#recent.set(attempt.handle, attempt);
    if (correlationId === '' || attempt.correlationId === correlationId) return;
    this.#attempts.delete(textKey(attempt));
    attempt.correlationId = correlationId;
    this.#attempts.set(textKey(attempt), attempt);
    this.#uncorrelated -= 1;
  }

  #forget(attempt: Attempt): void {
    this.#attempts.delete(textKey(attempt));
    if (attempt.correlationId === '') this.#uncorrelated -= 1;
    if (this.#recent.get(attempt.handle) === attempt) this.#recent.delete(attempt.handle);
    this.#latest = undefined;
  }
}

function isSame(attempt: AttemptKey | undefined, { handle, correlationId }: AttemptKey): boolean {
  return attempt?.handle === handle && attempt.correlationId === correlationId;
}

function textKey({ handle, correlationId }: AttemptKey): string {
  return `${handle}/${correlationId}`;
}
