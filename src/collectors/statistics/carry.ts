/**
 * Carries the 32-bit counters of one connection on: how much was counted between two readings.
 *
 * A counter that is smaller than before has wrapped, or was cleared (RasClearConnectionStatistics), or belongs to a new
 * connection on a handle that was used before, or is wrong. Taking one of the others for a wrap would count 4 GiB that never
 * were, and taking a wrong value for a clear would count everything twice. So each needs proof, and in doubt nothing is
 * counted:
 *
 * - A **new connection** has another correlation id, which is another `Carry`. Without ids it is one whose dwConnectDuration
 *   fell, or, where an enumeration did not show it meanwhile, is shorter than it would have to be. What began since the last
 *   reading is no older than that: any other duration is a wrong one.
 * - A **clear** sets everything to 0 at once: every count fell, and each that was 8 or more fell far, by more than an eighth;
 *   or the duration began anew, as above, and a count fell far.
 * - What seems to be one of the two is counted, in full, with the next reading; it is dropped when the duration is then what
 *   it would be had nothing begun anew. One reading was wrong.
 * - A **wrap** of a byte counter needs frames: as many more, in the same direction, as that many bytes take. A wrap of a frame
 *   counter needs a rate that a network can have. Errors do not wrap.
 * - A counter that fell **a little** is expected to come back, and counts on from its highest value. One that fell far for
 *   none of these reasons has one more reading to come back; then it counts on from where it fell to.
 *
 * The duration wraps, too, after 49.7 days; that is no fall.
 */
import type { RasStatistics } from '../../ras/api.ts';
import {
  advanced,
  COUNTERS,
  type Counter,
  isBack,
  isCleared,
  isLittle,
  isNew,
  isNothing,
  type Past,
  pace,
  type Reading,
} from './readings.ts';

/** What was counted since the exporter began, in 64 bits: whole numbers are exact up to 2^53. */
export type Totals = Record<Counter, number>;

/** A reading, and what is held of it. */
interface Known extends Past {
  /** Since when the connection is up. */
  readonly established: number;
  /** Values that were not believed, and stand in `statistics` as they were before. */
  readonly doubtful: ReadonlyMap<Counter, number>;
}

/** Half of what 32 bits count: where a counter went from one value to another, no more than this is the shorter way. */
const HALF = 2 ** 31;

const NONE: ReadonlyMap<Counter, number> = new Map();

export class Carry {
  /** What is counted. */
  #last: Known | undefined;
  /** A reading that seems to begin anew, and is not counted yet. */
  #anew: Known | undefined;
  #absent = false;

  /** Windows answered, and did not show the connection. */
  noteAbsence(): void {
    this.#absent = true;
  }

  /**
   * Adds what was counted since the reading before to `totals`; at the first one everything.
   *
   * @param correlated whether a correlation id says that it is the same connection
   * @returns since when the connection is up, in milliseconds of Unix time, by the system clock at the first reading: it stands
   * still when that clock is set
   */
  advance(now: Reading, totals: Totals, correlated: boolean): number {
    const absent = this.#absent;
    this.#absent = false;
    if (this.#anew !== undefined && isNothing(now)) return this.#anew.established;
    const last = this.#settle(now, totals);
    if (last === undefined) {
      addAll(now.statistics, totals);
      this.#last = begin(now, establishedAt(now));
      return this.#last.established;
    }
    const replaced = !correlated && isNew(last, now, absent);
    if (replaced || isCleared(last, now)) {
      this.#last = last;
      this.#anew = begin(now, replaced ? establishedAt(now) : last.established);
      return this.#anew.established;
    }
    this.#last = goOn(last, now, totals);
    return last.established;
  }

  /** What `now` is to be compared with: where counters seemed to begin anew, that is decided now. */
  #settle(now: Reading, totals: Totals): Known | undefined {
    const last = this.#last;
    const anew = this.#anew;
    this.#anew = undefined;
    if (last === undefined || anew === undefined) return last;
    if (isBack(last, anew, now)) return last;
    addAll(anew.statistics, totals);
    return anew;
  }
}

function begin(now: Reading, established: number): Known {
  return { ...now, paced: now, established, doubtful: NONE };
}

function establishedAt({ time, statistics }: Reading): number {
  return time - statistics.connectDuration;
}

function addAll(statistics: RasStatistics, totals: Totals): void {
  for (const name of COUNTERS) totals[name] += statistics[name];
}

/** Counts what a connection that goes on has counted; what to compare with the next time. */
function goOn(last: Known, now: Reading, totals: Totals): Known {
  const { established } = last;
  let statistics = now.statistics;
  let doubtful = NONE;
  for (const name of COUNTERS) {
    const was = last.statistics[name];
    const is = now.statistics[name];
    const step = advanced(name, last, now);
    const doubted = last.doubtful.get(name);
    if (step !== undefined) {
      totals[name] += step;
    } else if (isLittle(name, last, now)) {
      statistics = { ...statistics, [name]: was };
    } else if (doubted === undefined) {
      statistics = { ...statistics, [name]: was };
      doubtful = new Map([...doubtful, [name, is]]);
    } else {
      totals[name] += sinceDoubt(doubted, is);
    }
  }
  return { ...now, statistics, paced: pace(last, now), established, doubtful };
}

/** What was counted since a value that nobody believed, now that the one after it says the same. */
function sinceDoubt(doubted: number, is: number): number {
  return is > doubted && is - doubted < HALF ? is - doubted : 0;
}
