/**
 * The ledger of calls: how often each RAS function was called, and how often its return value reported an error.
 *
 * Both implementations of `RasApi` write it; `ras_api_calls_total` and `ras_api_errors_total` read it.
 */
import { RAS_FUNCTIONS, type RasFunction } from './api.ts';
import { boundedCode } from './errors.ts';

export class ApiCalls {
  readonly #calls = new Map<RasFunction, number>(RAS_FUNCTIONS.map((name) => [name, 0]));
  readonly #errors = new Map<RasFunction, Map<number, number>>();

  /**
   * Counts one call when it has returned, be it that nobody waits for its answer any more.
   *
   * @param returned the function's return value; 0 also for answers that belong to the protocol (603 on a size query, 6 for
   * a connection that ended meanwhile)
   */
  record(name: RasFunction, returned: number): void {
    this.#calls.set(name, (this.#calls.get(name) ?? 0) + 1);
    if (returned === 0) return;
    const codes = this.#errors.get(name) ?? new Map<number, number>();
    this.#errors.set(name, codes);
    const code = boundedCode(returned, codes);
    codes.set(code, (codes.get(code) ?? 0) + 1);
  }

  /** Calls by function; every function is there, those never called with 0. */
  get calls(): ReadonlyMap<RasFunction, number> {
    return this.#calls;
  }

  /** Errors by function and return value. */
  get errors(): ReadonlyMap<RasFunction, ReadonlyMap<number, number>> {
    return this.#errors;
  }
}
