/**
 * What a record of the event log means: a step of a dial.
 *
 * Read by the position of its fields. The message is a text in the language of Windows, and the fields beside those that are
 * read here name users and addresses.
 */
import { OTHER_CODE } from '../../ras/errors.ts';
import type { EventRecord } from '../../ras/event-log.ts';

/** What happened to a dial or to the connection that it made. */
export type DialEvent =
  | { readonly kind: 'started' | 'connected'; readonly dial: DialId; readonly entry: string }
  | { readonly kind: 'linking' | 'linked'; readonly dial: DialId }
  | { readonly kind: 'ended' | 'failed'; readonly dial: DialId; readonly entry: string; readonly code: number };

/** The GUID that all records of one dial share (CoId), in lower case without braces; `undefined` when there is none. */
export type DialId = string | undefined;

/** RAS_MaxEntryName. */
const LONGEST_ENTRY = 256;

/**
 * @returns `malformed` when a field is missing that the event has, or an entry has a name that no entry can have; `undefined`
 *   for events that tell nothing of a dial
 */
export function dialEvent({ eventId, data }: EventRecord): DialEvent | 'malformed' | undefined {
  switch (eventId) {
    case 20221:
      return withEntry(data, 4, (dial, entry) => ({ kind: 'started', dial, entry }));
    case 20222:
      return withDial(data, 'linking');
    case 20223:
    case 20224:
      return withDial(data, 'linked');
    case 20225:
      return withEntry(data, 2, (dial, entry) => ({ kind: 'connected', dial, entry }));
    case 20226:
      return withCode(data, 'ended');
    case 20227:
      return withCode(data, 'failed');
    default:
      return undefined;
  }
}

function withDial([coId]: readonly string[], kind: 'linking' | 'linked'): DialEvent | 'malformed' {
  return coId === undefined ? 'malformed' : { kind, dial: dialId(coId) };
}

function withEntry(
  data: readonly string[],
  position: number,
  make: (dial: DialId, entry: string) => DialEvent,
): DialEvent | 'malformed' {
  const coId = data[0];
  const entry = data[position];
  if (coId === undefined || entry === undefined || entry.length > LONGEST_ENTRY) return 'malformed';
  return make(dialId(coId), entry);
}

function withCode(data: readonly string[], kind: 'ended' | 'failed'): DialEvent | 'malformed' {
  const code = data[3];
  return code === undefined
    ? 'malformed'
    : withEntry(data, 2, (dial, entry) => ({ kind, dial, entry, code: parseCode(code) }));
}

/** Only a GUID joins records: anything else is no id, and must not be remembered at whatever length it has. */
function dialId(coId: string): DialId {
  const match = /^\s*\{?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\}?\s*$/i.exec(coId);
  return match?.[1]?.toLowerCase();
}

/**
 * Windows writes HRESULTs as signed decimal numbers: -2146762495 is 0x800B0101.
 *
 * @returns unsigned; `OTHER_CODE` for what is no number of 32 bits: the failure happened all the same
 */
function parseCode(text: string): number {
  const trimmed = text.trim();
  if (!/^(-?\d{1,10}|0x[0-9a-f]{1,8})$/i.test(trimmed)) return OTHER_CODE;
  const code = Number(trimmed);
  return code >= -0x8000_0000 && code <= 0xffff_ffff ? code >>> 0 : OTHER_CODE;
}
