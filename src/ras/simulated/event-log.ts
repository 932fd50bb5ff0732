/**
 * The event log of a simulated machine: the records that its dials leave behind.
 *
 * Written when it is read, up to that moment, so that nothing runs in between; what it then holds depends on the scenario and
 * the clock. It is bounded, like a real one: new records overwrite the oldest.
 */
import { CallError, CallTimeout } from '../call-errors.ts';
import type { EventBatch, EventLog, EventPosition, EventRecord, EventStart } from '../event-log.ts';
import { Lane } from '../lane.ts';
import { DialRecords, type Rounds, roundsOf, type WrittenRecord } from './dial-records.ts';
import { clearings, momentRecords } from './log-moments.ts';
import { twinsOf } from './player.ts';
import type { Scenario, Timeline } from './scenario.ts';
import { type CallTrouble, callTroubleAt } from './trouble.ts';
import { waitUntil } from './wait.ts';

export interface SimulatedLogOptions {
  readonly scenario: Scenario;
  /** Milliseconds, monotonic; the scenario begins now. */
  readonly clock?: () => number;
  /** Unix time in milliseconds, asked once: when the scenario begins. */
  readonly wallClock?: () => number;
}

/** The function whose trouble a trouble of the log is. */
const READ = 'EvtQuery';

/** Records that the log holds unread. */
const CAPACITY = 10_000;

/** Records that are written at once, at most: after a day without a look, only the last of them matter. */
const MOST_WRITTEN = 1_000_000;

/** Milliseconds. Entries that are in the middle of their timeline have a past, which the log has as far back as this. */
const PAST = 86_400_000;

/** Milliseconds. The exporter begins to count so soon after its scenario began: what happens at the very start counts. */
const STARTING = 5000;

interface Held extends WrittenRecord {
  readonly recordId: bigint;
}

export class SimulatedEventLog implements EventLog {
  readonly #scenario: Scenario;
  readonly #clock: () => number;
  readonly #start: number;
  /** Unix time in milliseconds at which the scenario begins. */
  readonly #origin: number;
  readonly #lane: Lane;
  readonly #dials: readonly DialRecords[];
  #held: Held[] = [];
  #lastId = 0n;
  /** The last record that was overwritten. */
  #overwritten = 0n;
  /** When it was written, in milliseconds since the start. */
  #overwrittenTime = Number.NEGATIVE_INFINITY;
  #clearings = 0;
  /** Up to when the log is written, in milliseconds since the start; `undefined` = nobody has read it. */
  #written: number | undefined;

  constructor({ scenario, clock = () => performance.now(), wallClock = Date.now }: SimulatedLogOptions) {
    this.#scenario = scenario;
    this.#clock = clock;
    this.#start = clock();
    this.#origin = wallClock();
    this.#lane = new Lane(clock);
    const twins = twinsOf(scenario.entries);
    // Copies of one entry share their timeline.
    const rounds = new Map<Timeline, Rounds>();
    this.#dials = scenario.entries.map((entry, slot) => {
      const of = rounds.get(entry.timeline) ?? roundsOf(entry.timeline);
      rounds.set(entry.timeline, of);
      return new DialRecords(entry, twins[slot] ?? 0, of);
    });
  }

  get hanging(): boolean {
    return this.#lane.hanging;
  }

  async read(from: EventPosition | EventStart, limit: number, signal: AbortSignal): Promise<EventBatch> {
    if (signal.aborted) throw new CallTimeout(READ, `${READ} was not called: the deadline had passed`);
    let trouble = this.#trouble();
    if (this.#lane.busy || trouble?.until !== undefined) {
      await this.#lane.run<undefined>(
        READ,
        (done) => {
          // Looked up when it is this call's turn: the trouble that it queued for may have passed.
          trouble = this.#trouble();
          const end = () => done(undefined, undefined);
          if (trouble?.until === undefined) queueMicrotask(end);
          else waitUntil(this.#start + trouble.until, this.#clock, signal, end);
        },
        signal,
      );
    }
    if (trouble !== undefined && trouble.returns !== 0) throw new CallError(READ, trouble.returns);
    const elapsed = this.#elapsed();
    if (this.#written === undefined) this.#begin('since' in from ? from.since - this.#origin : 0);
    this.#write(elapsed);
    // Nobody goes back: what was read takes no room.
    if ('recordId' in from) this.#held = this.#after(from.recordId);
    return this.#batch(from, limit, elapsed);
  }

  #elapsed(): number {
    return this.#clock() - this.#start;
  }

  #trouble(): CallTrouble | undefined {
    const elapsed = this.#elapsed();
    for (const trouble of this.#scenario.eventLog) {
      const found = trouble.kind === 'call' ? callTroubleAt(trouble, elapsed) : undefined;
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Begins the log where its first reader begins, if that is in the past of the scenario. */
  #begin(since: number): void {
    const first = Math.min(0, Math.max(Math.ceil(since), -PAST));
    // Before the first record: those of that very moment are written, too.
    this.#written = first - 1;
    for (const dials of this.#dials) dials.seek(first);
  }

  #write(until: number): void {
    const after = this.#skipLongAgo(this.#written ?? -1, until);
    if (until <= after) return;
    const fresh = momentRecords(this.#scenario, after, until, CAPACITY);
    for (const dials of this.#dials) {
      while (dials.nextTime <= until) {
        const record = dials.take();
        if (record !== undefined) fresh.push(record);
      }
    }
    // Sorting keeps the order of records of one moment.
    fresh.sort((a, b) => a.time - b.time);
    for (const record of fresh) {
      this.#lastId += 1n;
      this.#held.push({ ...record, recordId: this.#lastId });
    }
    const { count, last } = clearings(this.#scenario.eventLog, after, until);
    this.#clearings += count;
    if (count > 0) this.#held = this.#held.filter(({ time }) => time >= last);
    const surplus = this.#held.splice(0, Math.max(0, this.#held.length - CAPACITY));
    const lost = surplus.at(-1);
    if (lost !== undefined) this.#noteOverwritten(lost.recordId, lost.time);
    this.#written = until;
  }

  /** From when on to write: nobody will read what would be overwritten at once. */
  #skipLongAgo(after: number, until: number): number {
    let from = after;
    const toWrite = () => this.#dials.reduce((sum, dials) => sum + dials.atMost(until - from), 0);
    while (until - from > 1000 && toWrite() > MOST_WRITTEN) from = until - Math.floor((until - from) / 2);
    if (from === after) return after;
    for (const dials of this.#dials) dials.seek(from);
    this.#held = [];
    this.#lastId += 1n;
    this.#noteOverwritten(this.#lastId, from);
    return from;
  }

  #noteOverwritten(recordId: bigint, time: number): void {
    this.#overwritten = recordId;
    this.#overwrittenTime = time;
  }

  #batch(from: EventPosition | EventStart, limit: number, elapsed: number): EventBatch {
    const found = 'since' in from ? this.#since(from.since) : this.#after(from.recordId);
    const taken = found.slice(0, limit);
    const more = taken.length < found.length;
    const last = taken.at(-1);
    const records: EventRecord[] = [];
    for (const { recordId, eventId, time, data } of taken) {
      if (data !== undefined) records.push({ recordId, eventId, time: this.#origin + time, data: data() });
    }
    const position = {
      recordId: more && last !== undefined ? last.recordId : this.#lastId,
      time: this.#origin + (more && last !== undefined ? last.time : elapsed),
      bookmark: String(this.#clearings),
    };
    return { records, position, more, unreadable: taken.length - records.length, gap: this.#gap(from) };
  }

  #since(since: number): readonly Held[] {
    const first = this.#firstTime(since);
    return this.#held.filter(({ time }) => time >= first);
  }

  /** From when on a first read wants records, in milliseconds since the start. */
  #firstTime(since: number): number {
    const isStart = since > this.#origin && since <= this.#origin + STARTING;
    return isStart ? 0 : since - this.#origin;
  }

  #after(id: bigint): Held[] {
    const index = this.#held.findIndex(({ recordId }) => recordId > id);
    return index === -1 ? [] : this.#held.slice(index);
  }

  #gap(from: EventPosition | EventStart): EventBatch['gap'] {
    if ('since' in from) return this.#overwrittenTime >= this.#firstTime(from.since) ? 'overwritten' : undefined;
    if (from.bookmark !== String(this.#clearings)) return 'cleared';
    return from.recordId < this.#overwritten ? 'overwritten' : undefined;
  }
}
