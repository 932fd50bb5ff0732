/** What the event log says about RAS connections: the records that provider RasClient writes to the Application log. */

/** One record. */
export interface EventRecord {
  /** EventRecordID. */
  readonly recordId: bigint;
  /** EventID, 20220 to 20227. */
  readonly eventId: number;
  /** TimeCreated, Unix time in milliseconds. */
  readonly time: number;
  /** EventData by position; the texts around them depend on the language of Windows. */
  readonly data: readonly string[];
}

/** How far the log was read: this record and everything before it. Plain data. */
export interface EventPosition {
  /** 0 = nothing yet; the next read begins with the oldest record. */
  readonly recordId: bigint;
  /** Unix time in milliseconds. */
  readonly time: number;
  /** What the log that gave the record knows it by, beside its number; empty where the number is enough. */
  readonly bookmark: string;
  /**
   * Unix time in milliseconds: what is not later was read, or is from before reading began. It is what holds when numbers begin
   * anew, and never falls, whatever time a record claims to have. Without it, `time` holds.
   */
  readonly done?: number;
}

/** Where to begin when nothing was read before: with the records since this moment, Unix time in milliseconds. */
export interface EventStart {
  readonly since: number;
}

/** What one read found. */
export interface EventBatch {
  /** Oldest first. */
  readonly records: readonly EventRecord[];
  /** Where the next read goes on; what stands before it is in `records`, in `unreadable` or in `gap`. */
  readonly position: EventPosition;
  /** Whether there is more to read at once. */
  readonly more: boolean;
  /** Records that are there and cannot be read. */
  readonly unreadable: number;
  /** Records that may have been lost: the log was emptied, or overwrote its oldest records before they were read. */
  readonly gap: 'cleared' | 'overwritten' | undefined;
}

/** The event log. */
export interface EventLog {
  /** True while a call into Windows has not returned. */
  readonly hanging: boolean;
  /**
   * Reads on from where the last read ended. A read that fails has no effect: the next one from the same place finds the same.
   *
   * @param limit records that are read at most; a read that runs out of time gives what it has
   * @throws CallError (with GetLastError), CallTimeout, FunctionMissing, BadAnswer
   */
  read(from: EventPosition | EventStart, limit: number, signal: AbortSignal): Promise<EventBatch>;
}
