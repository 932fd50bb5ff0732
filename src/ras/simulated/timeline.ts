/**
 * Where a timeline is at a given time: the step, and the how-many-th dial it belongs to. Pure; the clock is elsewhere.
 */
import { connectionState } from '../states.ts';
import type { Step, Timeline } from './scenario.ts';

/** What holds for an entry from `since` until `until`. */
export interface Moment {
  /** `undefined` when the entry is never dialled. */
  readonly step: Step | undefined;
  /** Dials that were started so far, this one included; 0 = not dialled yet. */
  readonly dial: number;
  /** Milliseconds on the timeline. */
  readonly since: number;
  /** Milliseconds on the timeline, exclusive; `Infinity` when nothing happens any more. */
  readonly until: number;
}

/** @param position milliseconds since the timeline began; before that counts as its beginning */
export function momentAt(timeline: Timeline, position: number): Moment {
  const { steps, repeat } = timeline;
  const last = steps.at(-1);
  if (last === undefined) return { step: undefined, dial: 0, since: 0, until: Number.POSITIVE_INFINITY };

  // Whole milliseconds: dividing fractions by the length of a round could step over its seam.
  const at = Math.max(0, Math.floor(position));
  const length = steps.reduce((sum, step) => sum + step.duration, 0);
  const round = repeat ? Math.floor(at / length) : 0;
  let previous = round === 0 ? undefined : last;
  let dial = round === 0 ? 0 : dialsOfRound(steps, undefined) + (round - 1) * dialsOfRound(steps, last);
  let since = round === 0 ? 0 : round * length;
  for (const [index, step] of steps.entries()) {
    if (startsDial(previous, step)) dial += 1;
    const until = index === steps.length - 1 && !repeat ? Number.POSITIVE_INFINITY : since + step.duration;
    if (at < until) return { step, dial, since, until };
    previous = step;
    since = until;
  }
  return { step: last, dial, since, until: since };
}

function dialsOfRound(steps: readonly Step[], before: Step | undefined): number {
  let previous = before;
  let dials = 0;
  for (const step of steps) {
    if (startsDial(previous, step)) dials += 1;
    previous = step;
  }
  return dials;
}

/**
 * Windows makes a handle when dialling starts. A failure keeps the handle of its dial; one that comes out of nothing is a
 * dial that failed at once.
 */
export function startsDial(previous: Step | undefined, step: Step): boolean {
  if (step.state === undefined) return false;
  if (previous?.state === undefined) return true;
  return hasEnded(previous) && !hasEnded(step);
}

/** Nothing but a new dial brings the connection up again. */
export function hasEnded({ state, substate, error }: Step): boolean {
  if (state === undefined) return true;
  const shown = connectionState({ state, substate, error });
  return shown === 'failed' || shown === 'disconnected';
}
