/**
 * The services of a simulated machine: RasMan runs, unless the scenario says otherwise.
 *
 * A RAS function that is called while RasMan is stopped starts it, as on Windows: a test sees whether anybody did.
 */
import { CallError, CallTimeout } from '../call-errors.ts';
import { Lane } from '../lane.ts';
import type { ServiceManager, ServiceState } from '../service-manager.ts';
import type { ServiceTrouble } from './scenario.ts';
import { endOfTrouble } from './trouble.ts';
import { waitUntil } from './wait.ts';

const QUERY = 'QueryServiceStatusEx';

/** What a query has come to. */
type Outcome = ServiceState | Error;

export class SimulatedServices implements ServiceManager {
  readonly #troubles: readonly ServiceTrouble[];
  readonly #clock: () => number;
  readonly #start: number;
  readonly #lane: Lane;
  /** Until when a service runs that a call has started, by its name; in milliseconds since the start of the simulation. */
  readonly #startedUntil = new Map<string, number>();

  /** @param clock milliseconds, monotonic; the scenario begins now */
  constructor(troubles: readonly ServiceTrouble[] = [], clock: () => number = () => performance.now()) {
    this.#troubles = troubles;
    this.#clock = clock;
    this.#start = clock();
    this.#lane = new Lane(clock);
  }

  get hanging(): boolean {
    return this.#lane.hanging;
  }

  async queryState(service: string, signal: AbortSignal): Promise<ServiceState> {
    if (signal.aborted) throw new CallTimeout(QUERY, `${QUERY} was not called: the deadline had passed`);
    const outcome = await this.#lane.run<Outcome>(
      QUERY,
      (done) => {
        const elapsed = this.#elapsed();
        const late = this.#find(service, elapsed, ({ delay }) => delay > 0);
        const answer = () => done(undefined, this.#answer(service));
        if (late === undefined) {
          queueMicrotask(answer);
          return;
        }
        const until = late.trouble.delay === Number.POSITIVE_INFINITY ? late.end : elapsed + late.trouble.delay;
        waitUntil(this.#start + until, this.#clock, signal, answer);
      },
      signal,
    );
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }

  /** What a RAS function does to a service that it needs: starts it when it is stopped; it runs until it would have run anyway. */
  use(service: string): void {
    const elapsed = this.#elapsed();
    const found = this.#find(service, elapsed, ({ state }) => state === 'stopped');
    if (found !== undefined) this.#startedUntil.set(service, found.end);
  }

  #answer(service: string): Outcome {
    const elapsed = this.#elapsed();
    const error = this.#find(service, elapsed, ({ returns }) => returns !== 0)?.trouble.returns;
    if (error !== undefined) return new CallError(QUERY, error);
    const state = this.#find(service, elapsed, (trouble) => trouble.state !== undefined)?.trouble.state ?? 'running';
    if (state === 'stopped' && elapsed < (this.#startedUntil.get(service) ?? 0)) return 'running';
    return state;
  }

  #find(
    service: string,
    elapsed: number,
    isMeant: (trouble: ServiceTrouble) => boolean,
  ): { readonly trouble: ServiceTrouble; readonly end: number } | undefined {
    for (const trouble of this.#troubles) {
      if (trouble.service !== service || !isMeant(trouble)) continue;
      const end = endOfTrouble(trouble, elapsed);
      if (end !== undefined) return { trouble, end };
    }
    return undefined;
  }

  #elapsed(): number {
    return this.#clock() - this.#start;
  }
}
