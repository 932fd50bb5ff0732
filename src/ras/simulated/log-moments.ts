/** What happens to the event log of a scenario at single moments, beside the records of its dials. */
import { createHash } from 'node:crypto';
import { coIdOf, fieldsOf, type WrittenRecord } from './dial-records.ts';
import type { LogTrouble, Scenario } from './scenario.ts';

type Moment = Exclude<LogTrouble, { readonly kind: 'call' }>;

/** ERROR_DNSNAME_NOT_RESOLVABLE: a dial that fails at once. */
const UNRESOLVED = 868;

/** The events whose fields are missing in turn, and how many there are. */
const MALFORMED: readonly (readonly [eventId: number, fields: number])[] = [
  [20227, 3],
  [20225, 2],
  [20226, 0],
  [20221, 1],
];

/** When the log is emptied after `after` and until `until`: how often, and the last time. */
export function clearings(
  troubles: readonly LogTrouble[],
  after: number,
  until: number,
): { readonly count: number; readonly last: number } {
  let count = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (const trouble of troubles) {
    if (trouble.kind !== 'cleared') continue;
    const [first, end] = timesBetween(trouble, after, until);
    if (end < first) continue;
    count += end - first + 1;
    last = Math.max(last, trouble.from + end * (trouble.every ?? 0));
  }
  return { count, last };
}

/** Records that are written at moments after `after` and until `until`, at most so many of them: the latest. */
export function momentRecords(
  { eventLog, entries }: Scenario,
  after: number,
  until: number,
  atMost: number,
): WrittenRecord[] {
  const records: WrittenRecord[] = [];
  for (const [index, trouble] of eventLog.entries()) {
    if (trouble.kind === 'call' || trouble.kind === 'cleared') continue;
    const [first, end] = timesBetween(trouble, after, until);
    const begin = Math.max(first, end + 1 - Math.ceil(atMost / trouble.count));
    for (let time = begin; time <= end; time += 1) {
      const at = trouble.from + time * (trouble.every ?? 0);
      for (let number = 0; number < trouble.count; number += 1) {
        records.push(recordOf(trouble, at, number, entries[0], `${index} ${time}`));
      }
    }
  }
  return records;
}

/** The first and the last of the times that a moment comes after `after` and until `until`, counted from 0. */
function timesBetween({ from, every }: Moment, after: number, until: number): readonly [first: number, last: number] {
  if (every === undefined) return from > after && from <= until ? [0, 0] : [0, -1];
  return [Math.max(0, Math.floor((after - from) / every) + 1), Math.floor((until - from) / every)];
}

function recordOf(
  { kind }: Moment,
  time: number,
  number: number,
  entry: Scenario['entries'][number] | undefined,
  salt: string,
): WrittenRecord {
  if (kind === 'unreadable') return { time, eventId: 20227, data: undefined };
  // A burst has an entry, or the scenario is not read.
  if (entry === undefined) return { time, eventId: 20227, data: () => [] };
  // The two records of one dial share their id.
  const coId = () => coIdOf(guidOf(`${salt} ${Math.floor(number / 2)}`));
  if (kind === 'burst') {
    const eventId = number % 2 === 0 ? 20221 : 20227;
    return { time, eventId, data: () => fieldsOf(entry, coId(), eventId, UNRESOLVED) };
  }
  const [eventId, fields] = MALFORMED[number % MALFORMED.length] ?? [20227, 0];
  return { time, eventId, data: () => fieldsOf(entry, coId(), eventId, UNRESOLVED).slice(0, fields) };
}

function guidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
