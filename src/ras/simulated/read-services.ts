/** Reads `services` of a scenario file: when a service does not run, or is asked for its state in vain. */
import { RASMAN, SERVICE_STATES, type ServiceState } from '../service-manager.ts';
import type { Place } from './place.ts';
import type { ServiceTrouble, Spell } from './scenario.ts';

/** Every key of an element of `services`. */
export const SERVICE_KEYS = ['service', 'state', 'from', 'for', 'every', 'returns', 'delay', 'hang'] as const;

/** @throws ScenarioError */
export function readServices(place: Place | undefined): readonly ServiceTrouble[] {
  return place?.list().map(readService) ?? [];
}

function readService(place: Place): ServiceTrouble {
  const fields = place.fields(SERVICE_KEYS);
  const service = (fields.get('service') ?? place.fail('service is missing')).choice('service', [RASMAN]);
  const state = fields.get('state')?.choice('state', stateNames());
  const returns = fields.get('returns')?.whole(1, 0xffff_ffff) ?? 0;
  const delay = readDelay(fields.get('delay'), fields.get('hang'));
  if (state === undefined && returns === 0 && delay === 0) {
    place.fail('nothing is different here; add state, returns, delay or hang: true');
  }
  return { service, state, returns, delay, ...readSpell(fields.get('from'), fields.get('for'), fields.get('every')) };
}

/** When something happens: keys `from`, `for` and `every`. */
export function readSpell(from: Place | undefined, length: Place | undefined, again: Place | undefined): Spell {
  const duration = length?.duration({ zero: false }) ?? Number.POSITIVE_INFINITY;
  const every = again?.duration({ zero: false });
  if (every !== undefined && every < duration) again?.fail('every needs a for that is not longer');
  return { from: from?.duration({ zero: true }) ?? 0, duration, every };
}

/** How long a call takes: keys `delay` and `hang`. */
export function readDelay(delayed: Place | undefined, hangs: Place | undefined): number {
  const hang = hangs?.flag() ?? false;
  const delay = delayed?.duration({ zero: false }) ?? 0;
  if (hang && delay > 0) hangs?.fail('a call hangs or is late; leave out hang or delay');
  return hang ? Number.POSITIVE_INFINITY : delay;
}

function stateNames(): readonly ServiceState[] {
  const names: ServiceState[] = [];
  for (const name in SERVICE_STATES) if (isState(name)) names.push(name);
  return names;
}

function isState(name: string): name is ServiceState {
  return Object.hasOwn(SERVICE_STATES, name);
}
