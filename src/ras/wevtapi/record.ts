/** What a record says: the properties that every record has, and its EventData. */
import type { EventRecord } from '../event-log.ts';
import { type Rendered, Variants } from './variant.ts';
import { FIRST_EVENT_ID, LAST_EVENT_ID, PROVIDER } from './xpath.ts';

/** EVT_SYSTEM_PROPERTY_ID. */
const PROVIDER_NAME = 0;
const EVENT_ID = 2;
const TIME_CREATED = 8;
const EVENT_RECORD_ID = 9;

/** More strings than any record of RasClient has. */
const MOST_DATA = 64;

/** A record that is there. */
export interface Mark {
  readonly recordId: bigint;
  /** TimeCreated, Unix time in milliseconds. */
  readonly time: number;
}

/** System properties; those that cannot be read are `undefined`. */
export interface SystemProperties {
  readonly provider: string | undefined;
  readonly eventId: number | undefined;
  /** `undefined` unless both can be read. */
  readonly mark: Mark | undefined;
}

const UNKNOWN: SystemProperties = { provider: undefined, eventId: undefined, mark: undefined };

export function systemProperties(rendered: Rendered | undefined): SystemProperties {
  if (rendered === undefined) return UNKNOWN;
  const values = new Variants(rendered);
  const recordId = values.uint64(EVENT_RECORD_ID);
  const time = values.time(TIME_CREATED);
  return {
    provider: values.string(PROVIDER_NAME),
    eventId: values.uint16(EVENT_ID),
    mark: recordId === undefined || time === undefined ? undefined : { recordId, time },
  };
}

/** EventData by position; `undefined` when one of them cannot be read. */
export function eventData(rendered: Rendered | undefined): readonly string[] | undefined {
  if (rendered === undefined) return undefined;
  const values = new Variants(rendered);
  // More than can have been written: nothing of it is true.
  if (values.count < rendered.count) return undefined;
  const data: string[] = [];
  for (let index = 0; index < Math.min(values.count, MOST_DATA); index += 1) {
    const text = values.text(index);
    if (text === undefined) return undefined;
    data.push(text);
  }
  return data;
}

/**
 * Whether it is one that the exporter counts; `undefined` when that cannot be told.
 */
export function isOfInterest({ provider, eventId }: SystemProperties): boolean | undefined {
  if (provider !== undefined && provider !== PROVIDER) return false;
  if (eventId !== undefined && (eventId < FIRST_EVENT_ID || eventId > LAST_EVENT_ID)) return false;
  return provider === undefined || eventId === undefined ? undefined : true;
}

export function eventRecord(
  mark: Mark,
  { eventId }: SystemProperties,
  data: readonly string[] | undefined,
): EventRecord | undefined {
  if (eventId === undefined || data === undefined) return undefined;
  return { ...mark, eventId, data };
}
