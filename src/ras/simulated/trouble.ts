/** What is wrong with a function of the simulated API at a given time. */
import type { RasFunction } from '../api.ts';
import type { ApiTrouble, Spell } from './scenario.ts';

/** What is wrong with one call. */
export interface CallTrouble {
  /** Return value of the function; 0 = the right answer. */
  readonly returns: number;
  /** When the call returns, in milliseconds since the start of the simulation; `undefined` = at once. */
  readonly until: number | undefined;
}

/** @param elapsed milliseconds since the start of the simulation */
export type FindTrouble = (name: RasFunction, entry: string | undefined, elapsed: number) => CallTrouble | undefined;

/** Of several troubles that apply the first counts. */
export function troubleFinder(troubles: readonly ApiTrouble[]): FindTrouble {
  const byFunction = Map.groupBy(troubles, (trouble) => trouble.function);
  return (name, entry, elapsed) => {
    // Most functions have none, and are called a thousand times per scrape.
    for (const trouble of byFunction.get(name) ?? []) {
      if (trouble.entries !== undefined && (entry === undefined || !trouble.entries.has(entry))) continue;
      const found = callTroubleAt(trouble, elapsed);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

/** What a trouble does to a call that is made at `elapsed`; `undefined` = it is not there then. */
export function callTroubleAt(
  trouble: Omit<ApiTrouble, 'function' | 'entries'>,
  elapsed: number,
): CallTrouble | undefined {
  const end = endOfTrouble(trouble, elapsed);
  return end === undefined ? undefined : { returns: trouble.returns, until: returnTime(trouble, elapsed, end) };
}

/** When the trouble that is there at `elapsed` ends; `undefined` = there is none then. */
export function endOfTrouble({ from, duration, every }: Spell, elapsed: number): number | undefined {
  const since = elapsed - from;
  if (since < 0) return undefined;
  const offset = every === undefined ? since : since % every;
  return offset < duration ? elapsed - offset + duration : undefined;
}

function returnTime({ delay }: Pick<ApiTrouble, 'delay'>, elapsed: number, end: number): number | undefined {
  if (delay === 0) return undefined;
  return delay === Number.POSITIVE_INFINITY ? end : elapsed + delay;
}
