/** Reads what happens to the event log of a scenario. */
import type { Place } from './place.ts';
import type { LogTrouble } from './scenario.ts';

/** What may happen at one moment. */
const RECORD_KEYS = ['malformed', 'unreadable', 'burst'] as const;

/** Every key of a trouble of the event log. */
export const EVENT_LOG_KEYS = ['from', 'for', 'every', 'returns', 'delay', 'hang', 'cleared', ...RECORD_KEYS] as const;

type Fields = ReadonlyMap<(typeof EVENT_LOG_KEYS)[number], Place>;

/** More than the log holds. */
const MAX_RECORDS = 100_000;

/**
 * @param hasEntries whether there is an entry that could be dialled
 * @throws ScenarioError
 */
export function readEventLog(place: Place | undefined, hasEntries: boolean): readonly LogTrouble[] {
  return place?.list().map((trouble) => readTrouble(trouble, hasEntries)) ?? [];
}

function readTrouble(place: Place, hasEntries: boolean): LogTrouble {
  const fields = place.fields(EVENT_LOG_KEYS);
  const from = fields.get('from')?.duration({ zero: true }) ?? 0;
  const every = fields.get('every')?.duration({ zero: false });
  const calls = (['returns', 'delay', 'hang'] as const).flatMap((key) => fields.get(key) ?? []);
  const moments = (['cleared', ...RECORD_KEYS] as const).filter((key) => fields.has(key));
  const [kind, ...more] = moments;
  if (more.length > 0 || (kind !== undefined && calls.length > 0)) {
    place.fail(`one thing at a time; make of ${kind} a trouble of its own`);
  }
  if (kind === undefined) return { kind: 'call', from, every, ...readCall(place, fields, every) };
  fields.get('for')?.fail(`${kind} happens at one moment; leave out for`);
  if (kind === 'burst' && !hasEntries) fields.get('burst')?.fail('there is no entry that could be dialled');
  return { kind, from, every, count: readCount(kind, fields) };
}

function readCount(kind: Exclude<LogTrouble['kind'], 'call'>, fields: Fields): number {
  const field = fields.get(kind);
  if (kind !== 'cleared') return field?.whole(1, MAX_RECORDS) ?? 0;
  if (field?.flag() === false) field.fail('only true is right; leave the trouble out');
  return 1;
}

function readCall(
  place: Place,
  fields: Fields,
  every: number | undefined,
): { readonly duration: number; readonly returns: number; readonly delay: number } {
  const duration = fields.get('for')?.duration({ zero: false }) ?? Number.POSITIVE_INFINITY;
  if (every !== undefined && every < duration) fields.get('every')?.fail('every needs a for that is not longer');
  const hang = fields.get('hang')?.flag() ?? false;
  const delay = fields.get('delay')?.duration({ zero: false }) ?? 0;
  if (hang && delay > 0) fields.get('hang')?.fail('a call hangs or is late; leave out hang or delay');
  const returns = fields.get('returns')?.whole(1, 0xffff_ffff) ?? 0;
  if (!hang && delay === 0 && returns === 0) {
    place.fail('nothing is wrong here; add returns, delay, hang: true, cleared: true, malformed, unreadable or burst');
  }
  return { duration, returns, delay: hang ? Number.POSITIVE_INFINITY : delay };
}
