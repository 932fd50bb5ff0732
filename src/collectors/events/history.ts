/** Everything that the event log has told since counting began: by entry, and what could not be counted. */
import { Tracker } from '../../metrics/tracker.ts';
import type { EventBatch, EventRecord } from '../../ras/event-log.ts';
import { dialEvent } from './dial-event.ts';
import { Dials } from './dials.ts';
import { EntryHistory } from './entry-history.ts';
import type { SkipReason } from './metrics.ts';

/** Entries that are remembered though no phone book has them; the one without records for longest goes first. */
const MOST_FOREIGN_ENTRIES = 1024;

export class DialHistory {
  readonly #skipped: Record<SkipReason, number> = { unreadable: 0, malformed: 0, cleared: 0, overwritten: 0 };
  readonly #dials = new Dials();
  /** By folded name: Windows takes names of entries without regard to case. */
  readonly #entries: Tracker<EntryHistory, string>;

  /** @param since when counting began, in milliseconds of Unix time */
  constructor(since?: number) {
    this.#entries = new Tracker((spelling) => new EntryHistory(spelling, since), MOST_FOREIGN_ENTRIES);
  }

  /** What was not counted, by reason. */
  get skipped(): Readonly<Record<SkipReason, number>> {
    return this.#skipped;
  }

  /** Begins a scrape. */
  nextRound(): void {
    this.#entries.nextRound();
  }

  /** Counts every record of a batch, once. Never fails. */
  count({ records, unreadable, gap }: EventBatch): void {
    this.#skipped.unreadable += unreadable;
    if (gap !== undefined) this.#skipped[gap] += 1;
    for (const record of records) this.#countRecord(record);
  }

  /**
   * The entries of the phone books, and those that there were records of.
   *
   * @param names of phone-book entries: they are shown in this spelling; of names that differ in case the first counts
   */
  entries(names: readonly string[]): readonly EntryHistory[] {
    const shown = new Set<EntryHistory>();
    for (const name of names) {
      const spelling = name.toWellFormed();
      const entry = this.#entry(spelling);
      if (shown.has(entry)) continue;
      entry.spell(spelling);
      shown.add(entry);
    }
    for (const entry of this.#entries.all()) if (entry.hasRecords) shown.add(entry);
    return [...shown];
  }

  #countRecord(record: EventRecord): void {
    const event = dialEvent(record);
    const { time } = record;
    if (event === undefined) return;
    if (event === 'malformed') {
      this.#skipped.malformed += 1;
      return;
    }
    switch (event.kind) {
      case 'started':
        this.#dials.start(event.dial, time);
        this.#entry(event.entry).countAttempt(time);
        break;
      case 'linking':
        this.#dials.reach(event.dial, 'link');
        break;
      case 'linked':
        this.#dials.reach(event.dial, 'authentication');
        break;
      case 'connected':
        this.#entry(event.entry).countConnected(time, this.#dials.connect(event.dial, time));
        break;
      case 'ended':
        this.#dials.end(event.dial);
        this.#entry(event.entry).countDisconnect(time, event.code);
        break;
      case 'failed':
        this.#entry(event.entry).countFailure(time, event.code, this.#dials.fail(event.dial));
        break;
    }
  }

  #entry(name: string): EntryHistory {
    // Names that differ in a lone surrogate only become the same label: they must be the same entry, too.
    const spelling = name.toWellFormed();
    return this.#entries.get(spelling.toLowerCase(), spelling);
  }
}
