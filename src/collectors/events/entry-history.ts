/** What the event log has told of one entry since counting began. */
import { boundedCode } from '../../ras/errors.ts';
import { dialDuration, EntrySeries, type Phase } from './metrics.ts';

/** ERROR_USER_DISCONNECTION and ERROR_LINK_FAILURE: why connections end. Counted from 0, so that `increase()` sees the first. */
const EXPECTED_REASONS = [631, 829] as const;

export class EntryHistory {
  attempts = 0;
  connected = 0;
  failed = 0;
  /** Unix time in seconds; `undefined` = not yet. */
  lastAttempt: number | undefined;
  lastConnected: number | undefined;
  lastDisconnected: number | undefined;
  lastFailure: number | undefined;
  readonly #failures = new Map<number, Map<Phase, number>>();
  readonly #disconnects = new Map<number, number>(EXPECTED_REASONS.map((code) => [code, 0]));
  readonly #durations: number[] = Array.from({ length: dialDuration.bounds.length + 1 }, () => 0);
  #durationSum = 0;
  readonly #since: number | undefined;
  #series: EntrySeries;

  /**
   * @param spelling of its name, valid UTF-8
   * @param since when counting began, in milliseconds of Unix time
   */
  constructor(spelling: string, since?: number) {
    this.#since = since;
    this.#series = new EntrySeries(spelling, since);
  }

  get series(): EntrySeries {
    return this.#series;
  }

  /** Shows it as `spelling` from now on. */
  spell(spelling: string): void {
    if (this.#series.entry !== spelling) this.#series = new EntrySeries(spelling, this.#since);
  }

  /** Whether there was any record of it. */
  get hasRecords(): boolean {
    return this.attempts + this.connected + this.failed > 0 || this.disconnectCount > 0;
  }

  get disconnectCount(): number {
    let count = 0;
    for (const value of this.#disconnects.values()) count += value;
    return count;
  }

  /** Times it failed, by error and phase. */
  get failures(): ReadonlyMap<number, ReadonlyMap<Phase, number>> {
    return this.#failures;
  }

  /** Times it ended, by reason. */
  get disconnects(): ReadonlyMap<number, number> {
    return this.#disconnects;
  }

  /** How long dials took, in seconds. */
  get durations(): { readonly counts: readonly number[]; readonly sum: number } {
    return { counts: this.#durations, sum: this.#durationSum };
  }

  /** @param time Unix time in milliseconds, as in everything below */
  countAttempt(time: number): void {
    this.attempts += 1;
    this.lastAttempt = seconds(time);
  }

  /** @param took milliseconds, if that is known */
  countConnected(time: number, took: number | undefined): void {
    this.connected += 1;
    this.lastConnected = seconds(time);
    if (took === undefined) return;
    const bucket = dialDuration.bounds.findIndex((bound) => took / 1000 <= bound);
    const index = bucket === -1 ? dialDuration.bounds.length : bucket;
    this.#durations[index] = (this.#durations[index] ?? 0) + 1;
    this.#durationSum += took / 1000;
  }

  countFailure(time: number, error: number, phase: Phase): void {
    this.failed += 1;
    this.lastFailure = seconds(time);
    const code = boundedCode(error, this.#failures);
    const byPhase = this.#failures.get(code) ?? new Map<Phase, number>();
    byPhase.set(phase, (byPhase.get(phase) ?? 0) + 1);
    this.#failures.set(code, byPhase);
  }

  countDisconnect(time: number, reason: number): void {
    this.lastDisconnected = seconds(time);
    const code = boundedCode(reason, this.#disconnects);
    this.#disconnects.set(code, (this.#disconnects.get(code) ?? 0) + 1);
  }
}

/** `undefined` when the record has no time that could be one. */
function seconds(time: number): number | undefined {
  return Number.isFinite(time) ? time / 1000 : undefined;
}
