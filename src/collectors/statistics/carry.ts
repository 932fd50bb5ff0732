/**
 * Carries the 32-bit counters of one connection on: how much was counted between two readings.
 *
 * A counter that is smaller than before has wrapped, or was cleared (RasClearConnectionStatistics), or belongs to a new
 * connection on a handle that was used before, or is wrong. Taking one of the others for a wrap would count 4 GiB that never
 * were, and taking a wrong value for a clear would count everything twice. So each needs proof, and without any nothing is
 * counted:
 *
 * - A **new connection** has another correlation id, which is another `Carry`. Without ids it is one whose dwConnectDuration
 *   fell, or, where an enumeration did not show it meanwhile, is shorter than it would have to be.
 * - A **clear** sets everything to 0 at once: every counter that was above 0 fell, by more than a little; or dwConnectDuration
 *   fell, and a counter with it. What was counted stays, and the new values count in full.
 * - A **wrap** of a byte counter needs frames: as many more, in the same direction, as that many bytes take. A wrap of another
 *   counter needs a rate that a network can have. Without a count of frames it must have been the shorter way round.
 * - A counter that fell **a little** is expected to come back, and counts on from its highest value; one that fell by more, for
 *   none of these reasons, counts on from where it is.
 *
 * The duration wraps, too, after 49.7 days; that is no fall. And where counters seemed to begin anew, and the next duration is
 * what it would be without that, nothing had: one reading was wrong.
 */
import type { RasStatistics } from '../../ras/api.ts';

/** The fields of RAS_STATS that count. */
export const COUNTERS = [
  'bytesReceived',
  'bytesTransmitted',
  'framesReceived',
  'framesTransmitted',
  'crcErrors',
  'timeoutErrors',
  'alignmentErrors',
  'hardwareOverrunErrors',
  'framingErrors',
  'bufferOverrunErrors',
] as const satisfies readonly (keyof RasStatistics)[];

export type Counter = (typeof COUNTERS)[number];

/** What was counted since the exporter began, in 64 bits: whole numbers are exact up to 2^53. */
export type Totals = Record<Counter, number>;

/** One reading of a connection. */
export interface Reading {
  readonly statistics: RasStatistics;
  /** Milliseconds, monotonic. */
  readonly at: number;
  /** Milliseconds of Unix time. */
  readonly time: number;
}

const WRAP = 2 ** 32;
const LARGEST_FRAME = 2 ** 16;
/** 10 Gbit/s of the smallest Ethernet frames are 15 million a second. */
const MOST_FRAMES_PER_MS = 20_000;
/** Milliseconds that the duration and this process's clock may disagree, calls that take their time included. */
const TOLERANCE = 2000;
/** Milliseconds that the duration may run backwards and mean nothing. */
const DURATION_LITTLE = 1000;
/** Milliseconds from its limit within which a duration that begins anew has wrapped. */
const NEAR_WRAP = 3_600_000;

const FRAMES = new Map<Counter, Counter>([
  ['bytesReceived', 'framesReceived'],
  ['bytesTransmitted', 'framesTransmitted'],
]);

/** A reading, and since when the connection is up. */
interface Known extends Reading {
  readonly established: number;
}

export class Carry {
  readonly #correlated: boolean;
  #last: Known | undefined;
  /** What stood before the counters last began anew: one reading of zeros may have been all that there was to it. */
  #before: Known | undefined;
  #absent = false;

  /** @param correlated whether another connection on the same handle would be told by its correlation id */
  constructor(correlated: boolean) {
    this.#correlated = correlated;
  }

  /** Windows answered, and did not show the connection. */
  noteAbsence(): void {
    this.#absent = true;
  }

  /**
   * Adds what was counted since the reading before to `totals`; at the first one everything.
   *
   * @returns since when the connection is up, in milliseconds of Unix time, by the system clock at the first reading: it stands
   * still when that clock is set
   */
  advance(now: Reading, totals: Totals): number {
    this.#last = this.#next(now, totals);
    this.#absent = false;
    return this.#last.established;
  }

  #next(now: Reading, totals: Totals): Known {
    const last = this.#last;
    if (last === undefined) {
      addAll(now.statistics, totals);
      return { ...now, established: establishedAt(now) };
    }
    const before = this.#before;
    if (before !== undefined && !continues(last, now) && continues(before, now)) {
      this.#before = undefined;
      // What was counted since it seemed to begin anew is a part of what it counted since before that.
      const counted = last.statistics;
      const statistics = goOn(before, now, (name, count) => {
        totals[name] += Math.max(0, count - counted[name]);
      });
      return { ...now, statistics, established: before.established };
    }
    const isNew = !this.#correlated && (fellInDuration(last, now) || (this.#absent && isShort(last, now)));
    if (isNew || isCleared(last, now)) {
      this.#before = last;
      addAll(now.statistics, totals);
      return { ...now, established: isNew ? establishedAt(now) : last.established };
    }
    const statistics = goOn(last, now, (name, count) => {
      totals[name] += count;
    });
    return { ...now, statistics, established: last.established };
  }
}

function establishedAt({ time, statistics }: Reading): number {
  return time - statistics.connectDuration;
}

function addAll(statistics: RasStatistics, totals: Totals): void {
  for (const name of COUNTERS) totals[name] += statistics[name];
}

/** How much further the duration went than the clock, in milliseconds, around the wrap. */
function drift(last: Reading, now: Reading): number {
  const ahead = now.statistics.connectDuration - last.statistics.connectDuration - (now.at - last.at);
  const modulo = ((ahead % WRAP) + WRAP) % WRAP;
  return modulo > WRAP / 2 ? modulo - WRAP : modulo;
}

function continues(last: Reading, now: Reading): boolean {
  return Math.abs(drift(last, now)) <= TOLERANCE;
}

/** A duration that stands still says nothing: not everything that connects need fill it in. */
function isShort(last: Reading, now: Reading): boolean {
  return now.statistics.connectDuration !== last.statistics.connectDuration && drift(last, now) < -TOLERANCE;
}

function fellInDuration(last: Reading, now: Reading): boolean {
  const [was, is] = [last.statistics.connectDuration, now.statistics.connectDuration];
  if (is >= was - DURATION_LITTLE) return false;
  const near = now.at - last.at + NEAR_WRAP;
  return was <= WRAP - near || is >= near;
}

function isCleared(last: Reading, now: Reading): boolean {
  const was = last.statistics;
  const is = now.statistics;
  let nonzero = 0;
  let fallen = 0;
  let far = 0;
  for (const name of COUNTERS) {
    if (was[name] > 0) nonzero += 1;
    if (is[name] >= was[name]) continue;
    fallen += 1;
    if (!isLittle(was[name], is[name])) far += 1;
  }
  if (fallen === 0) return false;
  if (fellInDuration(last, now)) return true;
  if (fallen < nonzero || far === 0) return false;
  // Where nothing else is counted, a single counter that wraps is all that falls.
  return fallen > 1 || !COUNTERS.some((name) => is[name] < was[name] && isWrap(name, last, now));
}

function isLittle(was: number, is: number): boolean {
  return is >= was * (7 / 8);
}

/** Tells what was counted by a connection that goes on; the statistics to compare with the next time. */
function goOn(last: Reading, now: Reading, add: (name: Counter, count: number) => void): RasStatistics {
  let next = now.statistics;
  for (const name of COUNTERS) {
    const was = last.statistics[name];
    const is = now.statistics[name];
    if (is >= was) add(name, is - was);
    else if (isWrap(name, last, now)) add(name, is - was + WRAP);
    else if (isLittle(was, is)) next = { ...next, [name]: was };
  }
  return next;
}

function isWrap(name: Counter, last: Reading, now: Reading): boolean {
  if (isShort(last, now)) return false;
  const forward = now.statistics[name] - last.statistics[name] + WRAP;
  const frames = FRAMES.get(name);
  if (frames === undefined) return forward <= MOST_FRAMES_PER_MS * (now.at - last.at + TOLERANCE);
  const [was, is] = [last.statistics[frames], now.statistics[frames]];
  if (was === 0 && is === 0) return forward < WRAP / 2;
  const passed = is >= was || isWrap(frames, last, now) ? (is - was + WRAP) % WRAP : 0;
  return forward <= passed * LARGEST_FRAME;
}
