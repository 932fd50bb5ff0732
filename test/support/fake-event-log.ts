/** An `EventLog` that holds what a test writes into it: for behaviour above the log. */
import { CallError } from '../../src/ras/call-errors.ts';
import type { EventBatch, EventLog, EventPosition, EventRecord, EventStart } from '../../src/ras/event-log.ts';

/** The user of every record: what must never show. */
export const USER = 'EXAMPLE\\secret.user';

/** A CoId; the same number gives the same. */
export function coId(number: number): string {
  return `{0A0B0C0D-0000-4000-8000-${number.toString(16).toUpperCase().padStart(12, '0')}}`;
}

/** EventData of each event, as Windows writes it. */
export const fields = {
  started: (id: string, entry: string) => [id, USER, 'VPN', 'all-user', entry, '\nVpnStrategy = IKEv2'],
  linking: (id: string, entry: string) => [id, USER, entry, '\nServer address/Phone Number = vpn.example.com'],
  linked: (id: string) => [id, USER, 'VPN2-1'],
  established: (id: string) => [id, USER],
  connected: (id: string, entry: string) => [id, USER, entry, '\nTunnelIpAddress = 10.20.30.40'],
  ended: (id: string, entry: string, reason: string) => [id, USER, entry, reason],
  failed: (id: string, entry: string, error: string) => [id, USER, entry, error],
};

export class FakeEventLog implements EventLog {
  readonly hanging = false;
  /** What reads reject with, one after the other; `undefined` = that one succeeds. */
  readonly failures: (Error | undefined)[] = [];
  /** Records that one read gives at most, whatever it is asked for. */
  most = Number.POSITIVE_INFINITY;
  /** The limits that were asked for. */
  readonly limits: number[] = [];
  #held: (EventRecord & { readonly unreadable: boolean })[] = [];
  #lastId = 1000n;
  #overwritten = 0n;
  #clearings = 0;

  /** Writes a record; its fields are not looked at. */
  write(eventId: number, data: readonly string[], time = 1_700_000_000_000, unreadable = false): void {
    // Other programs write into the same log: numbers are not in a row.
    this.#lastId += 3n;
    this.#held.push({ recordId: this.#lastId, eventId, time, data, unreadable });
  }

  /** Empties the log. */
  clear(): void {
    this.#held = [];
    this.#clearings += 1;
  }

  /** Overwrites all but the newest records. */
  overwrite(kept: number): void {
    const lost = this.#held.splice(0, Math.max(0, this.#held.length - kept));
    this.#overwritten = lost.at(-1)?.recordId ?? this.#overwritten;
  }

  fail(code = 5): void {
    this.failures.push(new CallError('EvtNext', code));
  }

  async read(from: EventPosition | EventStart, limit: number): Promise<EventBatch> {
    this.limits.push(limit);
    await Promise.resolve();
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    const found =
      'since' in from
        ? this.#held.filter(({ time }) => !(time < from.since))
        : this.#held.filter(({ recordId }) => recordId > from.recordId);
    const taken = found.slice(0, Math.min(limit, this.most));
    const more = taken.length < found.length;
    const unreadable = taken.filter((record) => record.unreadable).length;
    const cleared = 'bookmark' in from && from.bookmark !== String(this.#clearings);
    const overwritten = 'recordId' in from && from.recordId < this.#overwritten;
    return {
      records: taken.filter((record) => !record.unreadable),
      position: {
        recordId: (more ? taken.at(-1)?.recordId : undefined) ?? this.#lastId,
        time: 0,
        bookmark: String(this.#clearings),
      },
      more,
      unreadable,
      gap: cleared ? 'cleared' : overwritten ? 'overwritten' : undefined,
    };
  }
}
