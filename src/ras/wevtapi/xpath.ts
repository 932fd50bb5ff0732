/**
 * What EvtQuery is asked for, in the XPath of the event log. The event log has no index: it looks at every record of the
 * channel, be it much faster than a program that asks for all of them.
 */

/** The provider and the records of the exporter's interest. */
export const PROVIDER = 'RasClient';
export const FIRST_EVENT_ID = 20_220;
export const LAST_EVENT_ID = 20_227;

/** All records. */
export const EVERYTHING = '*';

/** Which records of RasClient are wanted. */
export interface Selection {
  /** EventRecordID: later than this, … */
  readonly after: bigint;
  /** … and not later than this. */
  readonly upTo: bigint;
  /** Not before this moment, Unix time in milliseconds; `undefined` = whenever. */
  readonly since?: number;
}

/** The records of RasClient that `selection` names. */
export function selected({ after, upTo, since }: Selection): string {
  const conditions = [
    `Provider[@Name='${PROVIDER}']`,
    `(EventID>=${FIRST_EVENT_ID} and EventID<=${LAST_EVENT_ID})`,
    `(EventRecordID>${after} and EventRecordID<=${upTo})`,
    ...(since === undefined ? [] : [`TimeCreated[@SystemTime>='${systemTime(since)}']`]),
  ];
  return `*[System[${conditions.join(' and ')}]]`;
}

/** The one record with this EventRecordID, whatever its provider. */
export function record(recordId: bigint): string {
  return `*[System[(EventRecordID=${recordId})]]`;
}

/** FILETIME begins here; a time is never before it, nor has it five digits of years. */
const EARLIEST = Date.UTC(1601, 0, 1);
const LATEST = Date.UTC(9999, 11, 31);

function systemTime(time: number): string {
  return new Date(Math.min(Math.max(time, EARLIEST), LATEST)).toISOString();
}
