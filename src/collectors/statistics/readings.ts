/** What two readings of the statistics of one connection say about each other. */
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

/** One reading of a connection. */
export interface Reading {
  readonly statistics: RasStatistics;
  /** Milliseconds, monotonic. */
  readonly at: number;
  /** Milliseconds of Unix time. */
  readonly time: number;
}

/** A reading that others are compared with. */
export interface Past extends Reading {
  /** The reading by which the duration of others is judged: the one before where the duration of this one was a strange one. */
  readonly paced: Reading;
}

const WRAP = 2 ** 32;
/** What the frames of a link have on average is no more than this: an Ethernet frame and what encapsulates it. */
const FRAME = 1600;
/** More than 1 Gbit/s of the smallest Ethernet frames. */
const MOST_FRAMES_PER_MS = 2000;
/** Milliseconds that the duration and this process's clock may disagree, calls that take their time included. */
const TOLERANCE = 2000;
/** A count below this proves nothing when it falls: its smallest step is a large part of it. */
const FEW = 8;

/** The bytes of a frame are counted with it; errors are counted by themselves. */
const KINDS = {
  bytesReceived: 'framesReceived',
  bytesTransmitted: 'framesTransmitted',
  framesReceived: 'frames',
  framesTransmitted: 'frames',
  crcErrors: 'errors',
  timeoutErrors: 'errors',
  alignmentErrors: 'errors',
  hardwareOverrunErrors: 'errors',
  framingErrors: 'errors',
  bufferOverrunErrors: 'errors',
} as const satisfies Record<Counter, 'framesReceived' | 'framesTransmitted' | 'frames' | 'errors'>;

function modulo(value: number): number {
  return ((value % WRAP) + WRAP) % WRAP;
}

/** How much further the duration went than the clock, in milliseconds; it wraps, too, after 49.7 days. */
function drift({ paced }: Past, now: Reading): number {
  const ahead = modulo(now.statistics.connectDuration - paced.statistics.connectDuration - (now.at - paced.at));
  return ahead > WRAP / 2 ? ahead - WRAP : ahead;
}

/** Two clocks differ by the more the longer they run. */
function tolerance({ paced }: Past, now: Reading): number {
  return TOLERANCE + (now.at - paced.at) / 10_000;
}

/** The reading by which to judge the next duration: a strange one has one more reading to be right again. */
export function pace(last: Past, now: Reading): Reading {
  return continues(last, now) || last.paced.at !== last.at ? now : last.paced;
}

/** Whether the duration went on as the clock did. */
function continues(last: Past, now: Reading): boolean {
  return Math.abs(drift(last, now)) <= tolerance(last, now);
}

/** Whether the duration went on from `last`, and not from `anew`. */
export function isBack(last: Past, anew: Past, now: Reading): boolean {
  return continues(last, now) && Math.abs(drift(anew, now)) - Math.abs(drift(last, now)) > TOLERANCE;
}

/** A duration that stands still says nothing: not everything that connects need fill it in. */
function isShort(last: Past, now: Reading): boolean {
  const stands = now.statistics.connectDuration === last.paced.statistics.connectDuration;
  return !stands && drift(last, now) < -tolerance(last, now);
}

/**
 * Whether the duration may have begun anew between the readings: it is shorter than it should be, and no longer than the time
 * in between.
 */
function mayBeAnew(last: Past, now: Reading): boolean {
  return isShort(last, now) && now.statistics.connectDuration <= now.at - last.paced.at + tolerance(last, now);
}

/** Whether it did: it fell. */
function isAnew(last: Past, now: Reading): boolean {
  return mayBeAnew(last, now) && now.statistics.connectDuration < last.paced.statistics.connectDuration;
}

/**
 * Whether this is a new connection, where no id says that it is not.
 *
 * @param absent whether Windows left the connection out meanwhile
 */
export function isNew(last: Past, now: Reading, absent: boolean): boolean {
  return absent ? mayBeAnew(last, now) : isAnew(last, now);
}

/** Whether everything was set to 0 between the readings. */
export function isCleared(last: Past, now: Reading): boolean {
  const far = COUNTERS.filter((name) => isFar(name, last, now));
  if (far.length === 0) return false;
  if (isAnew(last, now)) return true;
  for (const name of COUNTERS) {
    const was = last.statistics[name];
    const isFew = was < FEW && now.statistics[name] < was;
    if (was > 0 && !isFew && !far.includes(name)) return false;
  }
  // Where nothing else is counted, a single counter that wraps is all that falls.
  return far.length > 1 || !far.some((name) => isWrap(name, last, now));
}

function isFar(name: Counter, last: Past, now: Reading): boolean {
  return now.statistics[name] < last.statistics[name] && !isLittle(name, last, now);
}

/** Whether a count fell by so little that it is expected to come back. */
export function isLittle(name: Counter, last: Past, now: Reading): boolean {
  const [was, is] = [last.statistics[name], now.statistics[name]];
  return is < was && (was < FEW || is >= was * (7 / 8));
}

/** Whether nothing was said at all. */
export function isNothing({ statistics }: Reading): boolean {
  return statistics.connectDuration === 0 && COUNTERS.every((name) => statistics[name] === 0);
}

/** How far a counter went forward between the readings, around its wrap where that is proven; `undefined` when it did not. */
export function advanced(name: Counter, last: Past, now: Reading): number | undefined {
  const step = now.statistics[name] - last.statistics[name];
  // More than half the range forward may be a little backwards, over a wrap that has been.
  if (step >= 0) return step < WRAP / 2 || isCarried(name, step, last, now) ? step : undefined;
  return isWrap(name, last, now) ? step + WRAP : undefined;
}

function isWrap(name: Counter, last: Past, now: Reading): boolean {
  const forward = now.statistics[name] - last.statistics[name] + WRAP;
  return isFar(name, last, now) && !isShort(last, now) && isCarried(name, forward, last, now);
}

/** Whether a link can have carried so much. */
function isCarried(name: Counter, count: number, last: Past, now: Reading): boolean {
  const kind = KINDS[name];
  if (kind === 'errors') return false;
  if (kind === 'frames') return count < WRAP / 2 && count <= MOST_FRAMES_PER_MS * (now.at - last.at + TOLERANCE);
  if (last.statistics[kind] === 0 && now.statistics[kind] === 0) return count < WRAP / 2;
  return count <= (advanced(kind, last, now) ?? 0) * FRAME;
}
