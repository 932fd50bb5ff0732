/**
 * One read of the event log.
 *
 * It begins with the newest record. Mostly that is the one that the last read ended with, and nothing is to be done. When a few
 * have come since, of whatever provider, they are walked through back to that one, which proves that none is missing. When many
 * have, or nothing was read before, the event log is asked for those of RasClient, oldest first.
 *
 * No bookmark and no EvtSeek: where a seek lands when its record is gone or does not match the query is nowhere said exactly, and
 * what it passes over would be lost. Numbers of records are compared here, whatever a query gives.
 */
import type { EventBatch, EventPosition, EventRecord, EventStart } from '../event-log.ts';
import { BATCH, type Channel, type Cursor, type Found, type Marked } from './cursor.ts';
import type { Mark } from './record.ts';
import { EVERYTHING, record, type Selection, selected } from './xpath.ts';

type Gap = EventBatch['gap'];

/** What there is between the last read and the newest record. */
interface Walk {
  /** Newest first. */
  readonly records: readonly (EventRecord | 'unreadable')[];
  readonly gap: Gap;
}

export class Reading {
  readonly #channel: Channel;
  readonly #from: EventPosition | EventStart;
  readonly #limit: number;
  readonly #window: number;
  readonly #records: EventRecord[] = [];
  #unreadable = 0;
  #gap: Gap;
  /** Of times that were read the latest, and of what is from before reading began. */
  #done: number;
  /** The last record that is in what was found. */
  #reached: Mark | undefined;
  #finished: EventBatch | undefined;

  /** @param window records that are walked through at most */
  constructor(channel: Channel, from: EventPosition | EventStart, limit: number, window: number) {
    this.#channel = channel;
    this.#from = from;
    this.#done = 'since' in from ? from.since - 1 : Math.max(from.time, from.done ?? from.time);
    this.#limit = Math.max(1, limit);
    this.#window = window;
  }

  /** What was found until now, for a read that does not come to its end; `undefined` when nothing was. */
  get found(): EventBatch | undefined {
    if (this.#finished !== undefined || this.#reached === undefined) return this.#finished;
    return this.#batch(this.#reached, true);
  }

  /** Reads. What it found is also in `found`, should it fail. */
  async run(): Promise<EventBatch> {
    this.#finished = await this.#read();
    return this.#finished;
  }

  async #read(): Promise<EventBatch> {
    const cursor = await this.#channel.backwards();
    const newest = await cursor.nextMarked();
    if ('since' in this.#from) return this.#readSince(this.#from.since, newest);
    if (newest === undefined) return this.#emptied(this.#from);
    const from = this.#from;
    const ahead = newest.mark.recordId - from.recordId;
    if (ahead === 0n && newest.mark.time === from.time) return this.#batch(from, false);
    if (ahead <= 0n) return this.#readCleared(newest.mark);
    if (ahead > BigInt(this.#window)) return this.#readMany(from, newest.mark);
    const walk = await walkBack(cursor, newest, from);
    return walk.gap === 'cleared' ? this.#readCleared(newest.mark) : this.#take(walk, newest.mark);
  }

  /** The first read. */
  async #readSince(since: number, newest: Marked | undefined): Promise<EventBatch> {
    if (newest === undefined) return this.#batch({ recordId: 0n, time: since }, false);
    if (newest.mark.time < since) return this.#batch(newest.mark, false);
    const oldest = await this.#oldest();
    // Where the log begins later than reading does, its beginning may be gone; record 1 says that it is not.
    if (oldest !== undefined && oldest.first > 1n && oldest.time > since) this.#gap = 'overwritten';
    return this.#scan({ after: 0n, upTo: newest.mark.recordId, since }, newest.mark);
  }

  /** There is no record: either there never was one, or the log was cleared. */
  #emptied(from: EventPosition): EventBatch {
    if (from.recordId !== 0n) this.#gap = 'cleared';
    return this.#batch({ recordId: 0n, time: from.time }, false);
  }

  /** Numbers began anew, so they tell nothing; what is not later than what was read was read with it. */
  #readCleared(newest: Mark): Promise<EventBatch> {
    this.#gap = 'cleared';
    return this.#scan({ after: 0n, upTo: newest.recordId, since: this.#done + 1 }, newest);
  }

  /** More have come than are walked through. */
  async #readMany(from: EventPosition, newest: Mark): Promise<EventBatch> {
    if (from.recordId !== 0n) {
      const last = await (await this.#channel.forwards(record(from.recordId))).next(1);
      if (last === undefined) {
        const oldest = await this.#oldest();
        if (oldest !== undefined && oldest.first > from.recordId + 1n) this.#gap = 'overwritten';
      } else if (last.mark?.recordId === from.recordId && last.mark.time !== from.time) {
        return this.#readCleared(newest);
      }
    }
    return this.#scan({ after: from.recordId, upTo: newest.recordId }, newest);
  }

  /** The number of the first record that there is, and the time of the first that has one; `undefined` for an empty log. */
  async #oldest(): Promise<{ readonly first: bigint; readonly time: number } | undefined> {
    const oldest = await (await this.#channel.forwards(EVERYTHING)).nextMarked();
    return oldest && { first: oldest.mark.recordId - BigInt(oldest.passed), time: oldest.mark.time };
  }

  /** Hands out what a walk found, oldest first. */
  #take({ records, gap }: Walk, newest: Mark): EventBatch {
    this.#gap = gap;
    for (const [index, taken] of records.toReversed().entries()) {
      if (taken === 'unreadable') {
        this.#unreadable += 1;
        continue;
      }
      this.#records.push(taken);
      if (this.#records.length === this.#limit && index < records.length - 1) return this.#batch(taken, true);
    }
    return this.#batch(newest, false);
  }

  /** Asks the event log for the records of RasClient, and ends with the newest one or at the limit. */
  async #scan(selection: Selection, newest: Mark): Promise<EventBatch> {
    const cursor = await this.#channel.forwards(selected(selection));
    let last = selection.after;
    // Records that nobody can tell from others: they are counted with the next one that can be, so that none is counted twice.
    let unmarked = 0;
    for (let found = await cursor.next(); found !== undefined; found = await cursor.next()) {
      const { mark, record: read } = found;
      if (mark === undefined) {
        unmarked += 1;
        continue;
      }
      if (mark.recordId <= last || mark.time < (selection.since ?? mark.time)) continue;
      // Written since the read began: the next one begins there.
      if (mark.recordId > newest.recordId) break;
      last = mark.recordId;
      this.#unreadable += unmarked;
      unmarked = 0;
      if (read === 'unreadable') this.#unreadable += 1;
      else if (read !== undefined) this.#records.push(read);
      this.#reached = mark;
      if (last < newest.recordId && this.#records.length + this.#unreadable >= this.#limit)
        return this.#batch(mark, true);
    }
    this.#unreadable += unmarked;
    return this.#batch(newest, false);
  }

  #batch({ recordId, time }: Mark, more: boolean): EventBatch {
    const done = this.#records.reduce((latest, read) => Math.max(latest, read.time), Math.max(this.#done, time));
    return {
      records: this.#records.slice(),
      position: { recordId, time, bookmark: '', done },
      more,
      unreadable: this.#unreadable,
      gap: this.#gap,
    };
  }
}

/** Walks from the newest record back to the one that the last read ended with. */
async function walkBack(cursor: Cursor, newest: Marked, from: EventPosition): Promise<Walk> {
  const records: (EventRecord | 'unreadable')[] = [];
  const between = Number(newest.mark.recordId - from.recordId);
  let marked = 0;
  let unmarked = 0;
  let gap: Gap;
  let lowest = newest.mark.recordId;
  let found: Found | undefined = newest;
  for (;;) {
    const { mark, record: read }: Found = found;
    // A number that is not lower than the one before it says nothing.
    const known = mark !== undefined && (found === newest || mark.recordId < lowest) ? mark : undefined;
    if (known !== undefined && known.recordId <= from.recordId) {
      if (known.recordId === from.recordId && known.time !== from.time) gap = 'cleared';
      break;
    }
    if (known === undefined) {
      unmarked += 1;
      records.push('unreadable');
    } else {
      marked += 1;
      lowest = known.recordId;
      if (read !== undefined) records.push(read);
    }
    // One more than there can be between the two: the one that the last read ended with.
    const rest = between + 1 - marked - unmarked;
    if (rest < 0) break;
    found = await cursor.next(Math.max(1, Math.min(rest, BATCH)));
    if (found === undefined) {
      if (from.recordId !== 0n && lowest - BigInt(unmarked) > from.recordId + 1n) gap = 'overwritten';
      break;
    }
  }
  // Those beyond the place of the last read, the last ones here, were counted then.
  const beyond = Math.max(0, unmarked - (between - marked));
  return { records: records.slice(0, records.length - beyond), gap };
}
