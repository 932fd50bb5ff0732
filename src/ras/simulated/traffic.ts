/**
 * How long traffic has flowed through a connection at a given time, and since when it is up. Pure; the clock is elsewhere.
 */
import { RASCONNSTATE, RASCONNSUBSTATE } from '../states.ts';
import type { Step, Timeline } from './scenario.ts';
import { startsDial } from './timeline.ts';

/** What holds of a connection at one time of its timeline. */
export interface Flow {
  /** Milliseconds during which traffic flowed, since the connection was established or its statistics were cleared. */
  readonly flowing: number;
  /** When that was, in milliseconds on the timeline; `undefined` while the connection is not established. */
  readonly since: number | undefined;
}

const NOTHING: Flow = { flowing: 0, since: undefined };

/** Whether traffic flows: a tunnel that has lost its network, or looks for another one, carries none. */
export function flows({ state, substate }: Step): boolean {
  if (state !== RASCONNSTATE.RASCS_Connected) return false;
  return substate !== RASCONNSUBSTATE.RASCSS_Dormant && substate !== RASCONNSUBSTATE.RASCSS_Reconnecting;
}

/** @param position milliseconds since the timeline began; the step that begins then has begun */
export function flowAt({ steps, repeat }: Timeline, position: number): Flow {
  const length = steps.reduce((sum, step) => sum + step.duration, 0);
  const round = repeat ? Math.floor(position / length) : 0;
  const last = steps.at(-1);
  const first = replay(steps, undefined, NOTHING, 0, round === 0 ? position : length);
  if (round === 0) return first;
  const begins = steps.some((step, index) => step.clears === true || startsDial(steps[index - 1] ?? last, step));
  if (begins) {
    // Whatever was before it has begun anew in the round before this one.
    const before = round === 1 ? first : replay(steps, last, NOTHING, (round - 1) * length, round * length);
    return replay(steps, last, before, round * length, position);
  }
  const ofRound = steps.reduce((sum, step) => sum + (flows(step) ? step.duration : 0), 0);
  const before = { flowing: first.flowing + (round - 1) * ofRound, since: first.since };
  return replay(steps, last, before, round * length, position);
}

/** Plays one round from `start`, at most to `until`. */
function replay(steps: readonly Step[], before: Step | undefined, from: Flow, start: number, until: number): Flow {
  let previous = before;
  let { flowing, since } = from;
  let begin = start;
  for (const step of steps) {
    if (begin > until) break;
    const isEstablished = step.state === RASCONNSTATE.RASCS_Connected;
    if (step.state === undefined || startsDial(previous, step)) since = undefined;
    if (since === undefined) flowing = 0;
    if (isEstablished && (since === undefined || step.clears === true)) {
      since = begin;
      flowing = 0;
    }
    if (flows(step)) flowing += Math.min(step.duration, until - begin);
    previous = step;
    begin += step.duration;
  }
  return { flowing, since };
}
