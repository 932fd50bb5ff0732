/** The records of a query, one after the other. */
import { BadAnswer } from '../call-errors.ts';
import type { EventRecord } from '../event-log.ts';
import type { EvtCalls } from './calls.ts';
import { CONTEXT_SYSTEM, CONTEXT_USER, FORWARD, REVERSE } from './prototypes.ts';
import { eventData, eventRecord, isOfInterest, type Mark, type SystemProperties, systemProperties } from './record.ts';
import { EVERYTHING } from './xpath.ts';

/** Records that EvtNext is asked for at once. */
export const BATCH = 64;

/** So many unreadable records in a row are passed over for one that can be read. */
const MOST_UNREADABLE = 64;

/** One record that a query found. */
export interface Found {
  /** Which one it is; `undefined` when that cannot be read. */
  readonly mark: Mark | undefined;
  /** The record, when it is one that the exporter counts; `unreadable` when it may be one and cannot be read. */
  readonly record: EventRecord | 'unreadable' | undefined;
}

/** One of which it can be read which one it is. */
export interface Marked extends Found {
  readonly mark: Mark;
  /** Records that came before it, and of which it cannot be read. */
  readonly passed: number;
}

/** The log of one read: its channel, and the contexts that records are rendered in. */
export class Channel {
  readonly #calls: EvtCalls;
  readonly #name: string;
  readonly #contexts = new Map<number, bigint>();

  constructor(calls: EvtCalls, name: string) {
    this.#calls = calls;
    this.#name = name;
  }

  /** All records, newest first. */
  async backwards(): Promise<Cursor> {
    return new Cursor(this.#calls, this, await this.#calls.query(this.#name, EVERYTHING, REVERSE));
  }

  /** The records that match, oldest first. */
  async forwards(xpath: string): Promise<Cursor> {
    return new Cursor(this.#calls, this, await this.#calls.query(this.#name, xpath, FORWARD));
  }

  /** EvtRender of the system properties. */
  async system(event: bigint): Promise<SystemProperties> {
    return systemProperties(await this.#calls.render(await this.#context(CONTEXT_SYSTEM), event));
  }

  /** EvtRender of EventData. */
  async data(event: bigint): Promise<readonly string[] | undefined> {
    return eventData(await this.#calls.render(await this.#context(CONTEXT_USER), event));
  }

  async #context(flags: number): Promise<bigint> {
    const known = this.#contexts.get(flags);
    if (known !== undefined) return known;
    const context = await this.#calls.createRenderContext(flags);
    this.#contexts.set(flags, context);
    return context;
  }
}

export class Cursor {
  readonly #calls: EvtCalls;
  readonly #channel: Channel;
  readonly #resultSet: bigint;
  #batch: readonly bigint[] = [];
  #at = 0;

  constructor(calls: EvtCalls, channel: Channel, resultSet: bigint) {
    this.#calls = calls;
    this.#channel = channel;
    this.#resultSet = resultSet;
  }

  /**
   * The next record; `undefined` when there is none.
   *
   * @param most records to ask for when none is at hand
   */
  async next(most = BATCH): Promise<Found | undefined> {
    if (this.#at === this.#batch.length) {
      this.#batch = await this.#calls.next(this.#resultSet, most);
      this.#at = 0;
    }
    const event = this.#batch[this.#at];
    if (event === undefined) return undefined;
    this.#at += 1;
    const properties = await this.#channel.system(event);
    const record = await this.#record(event, properties);
    await this.#calls.close(event);
    return { mark: properties.mark, record };
  }

  /**
   * The first record from here of which it can be read which one it is; `undefined` when there is none at all.
   *
   * @throws BadAnswer when there are some, and it can be read of none
   */
  async nextMarked(): Promise<Marked | undefined> {
    let passed = 0;
    for (; passed < MOST_UNREADABLE; passed += 1) {
      const found = await this.next(1);
      if (found === undefined) break;
      const { mark, record } = found;
      if (mark !== undefined) return { mark, record, passed };
    }
    if (passed === 0) return undefined;
    throw new BadAnswer('EvtRender', `EvtRender cannot read any of ${passed} records`);
  }

  async #record(event: bigint, properties: SystemProperties): Promise<Found['record']> {
    const counts = isOfInterest(properties);
    if (counts === false) return undefined;
    if (counts === undefined || properties.mark === undefined) return 'unreadable';
    return eventRecord(properties.mark, properties, await this.#channel.data(event)) ?? 'unreadable';
  }
}
