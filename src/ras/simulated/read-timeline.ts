/** Reads the timeline of an entry: its steps, and what Windows says in each. */
import { CONNECTION_STATES, RASCONNSTATE, RASCONNSUBSTATE } from '../states.ts';
import type { Place } from './place.ts';
import { STATE_WORDS, type Step, type Timeline } from './scenario.ts';

/** Every key of a step. */
export const STEP_KEYS = ['state', 'substate', 'error', 'for', 'clear'] as const;

const NEVER_DIALLED: Timeline = { steps: [], repeat: true };
const MAX_STEPS = 10_000;
const UINT32 = 0xffff_ffff;

/** @throws ScenarioError */
export function readTimeline(place: Place | undefined, repeatField: Place | undefined): Timeline {
  if (place === undefined) {
    return repeatField === undefined ? NEVER_DIALLED : repeatField.fail('there is no timeline to repeat');
  }
  const repeat = repeatField?.flag() ?? true;
  const steps = place.list();
  if (steps.length === 0) place.fail('no steps; leave timeline out for an entry that is never dialled');
  if (steps.length > MAX_STEPS) place.fail(`at most ${MAX_STEPS} steps`);
  // Only a step that nothing follows can do without an end.
  const endless = (index: number) => index === steps.length - 1 && (!repeat || index === 0);
  const read = steps.map((step, index) => readStep(step, endless(index)));
  return { steps: read, repeat: repeat && read.every((step) => Number.isFinite(step.duration)) };
}

function readStep(place: Place, endless: boolean): Step {
  const fields = place.fields(STEP_KEYS);
  const step = readState(place, fields, endless);
  const clearField = fields.get('clear');
  if (clearField?.flag() !== true) return step;
  if (step.state !== RASCONNSTATE.RASCS_Connected)
    clearField.fail('only a connection that is up has statistics to clear');
  return { ...step, clears: true };
}

function readState(place: Place, fields: ReadonlyMap<(typeof STEP_KEYS)[number], Place>, endless: boolean): Step {
  const stateField = fields.get('state') ?? place.fail('state is missing');
  const errorField = fields.get('error');
  const substateField = fields.get('substate');
  const error = errorField?.whole(1, UINT32) ?? 0;
  const durationField = fields.get('for');
  if (durationField === undefined && !endless) {
    place.fail('for is missing (how long, like 30s); only the last step of a timeline with repeat: false needs none');
  }
  const duration = durationField?.duration({ zero: false }) ?? Number.POSITIVE_INFINITY;
  if (stateField.isNumber()) {
    return { state: stateField.whole(0, UINT32), substate: readSubstate(substateField), error, duration };
  }
  const word = stateField.choice('state', [...CONNECTION_STATES, ...namesOf(RASCONNSTATE)]);
  if (isRawName(word)) return { state: RASCONNSTATE[word], substate: readSubstate(substateField), error, duration };

  const meaning = STATE_WORDS[word];
  if (word === 'failed' && error === 0) place.fail('failed needs an error, like error: 809');
  if (word === 'disconnected') errorField?.fail('disconnected has no handle to have an error; use state: failed');
  if (word !== 'connected') substateField?.fail(`${word} has its substate; give one with connected or a raw state`);
  const substate = substateField === undefined ? meaning.substate : readSubstate(substateField);
  return { state: meaning.state, substate, error, duration };
}

function isRawName(word: string): word is keyof typeof RASCONNSTATE {
  return Object.hasOwn(RASCONNSTATE, word);
}

function readSubstate(place: Place | undefined): number {
  if (place === undefined) return RASCONNSUBSTATE.RASCSS_None;
  if (place.isNumber()) return place.whole(0, UINT32);
  return RASCONNSUBSTATE[place.choice('substate', namesOf(RASCONNSUBSTATE))];
}

function namesOf<K extends string>(values: Readonly<Record<K, number>>): readonly K[] {
  const names: K[] = [];
  for (const name in values) names.push(name);
  return names;
}
