/** The metrics of collector `events`, and the series of one entry, which live from scrape to scrape. */
import { counter, gauge, type HistogramSeries, histogram, type Series } from '../../metrics/metric.ts';
import { describeError } from '../../ras/errors.ts';

const ENTRY = ['entry'] as const;

export const attempts = counter('ras_dial_attempts_total', {
  help: 'Dials that were begun (RasClient event 20221).',
  labels: ENTRY,
});
export const connected = counter('ras_dial_connected_total', {
  help: 'Connections that were established (RasClient event 20225).',
  labels: ENTRY,
});
export const failed = counter('ras_dial_failed_total', {
  help: 'Dials that failed (RasClient event 20227).',
  labels: ENTRY,
});
export const failures = counter('ras_dial_failures_total', {
  help: 'Dials that failed, by error and by how far they had come (RasClient event 20227, and the last event with the same CoId).',
  labels: [...ENTRY, 'error_code', 'error', 'category', 'phase'],
});
export const disconnects = counter('ras_disconnects_total', {
  help: 'Connections that ended, by reason (RasClient event 20226).',
  labels: [...ENTRY, 'reason_code', 'reason'],
});
export const lastAttempt = gauge('ras_last_attempt_timestamp_seconds', {
  help: 'When a dial was last begun, Unix time (time of RasClient event 20221).',
  unit: 's',
  labels: ENTRY,
});
export const lastConnected = gauge('ras_last_connected_timestamp_seconds', {
  help: 'When a connection was last established, Unix time (time of RasClient event 20225).',
  unit: 's',
  labels: ENTRY,
});
export const lastDisconnected = gauge('ras_last_disconnected_timestamp_seconds', {
  help: 'When a connection last ended, Unix time (time of RasClient event 20226).',
  unit: 's',
  labels: ENTRY,
});
export const lastFailure = gauge('ras_last_failure_timestamp_seconds', {
  help: 'When a dial last failed, Unix time (time of RasClient event 20227).',
  unit: 's',
  labels: ENTRY,
});
export const dialDuration = histogram('ras_dial_duration_seconds', {
  help: 'How long it took to establish a connection (from RasClient event 20221 to event 20225 of the same CoId).',
  unit: 's',
  labels: ENTRY,
  bounds: [0.5, 1, 2, 5, 10, 20, 30, 60, 120],
});
export const eventsSkipped = counter('ras_events_skipped_total', {
  help: 'Records of the event log that were not counted; of those that were cleared or overwritten unread, one for each time that it was noticed.',
  labels: ['reason'],
});

export const eventsMetrics = [
  attempts,
  connected,
  failed,
  failures,
  disconnects,
  lastAttempt,
  lastConnected,
  lastDisconnected,
  lastFailure,
  dialDuration,
  eventsSkipped,
];

/** How far a dial had come when it failed: the last step of it that the event log has. */
export type Phase = 'dial' | 'link' | 'authentication' | 'unknown';

/** Why records are missing from the counters. */
export const SKIP_REASONS = ['unreadable', 'malformed', 'cleared', 'overwritten'] as const;

export type SkipReason = (typeof SKIP_REASONS)[number];

/** The series of one entry: made once, since every scrape needs the same ones again. */
export class EntrySeries {
  readonly entry: string;
  readonly #since: number | undefined;
  readonly attempts: Series;
  readonly connected: Series;
  readonly failed: Series;
  readonly lastAttempt: Series;
  readonly lastConnected: Series;
  readonly lastDisconnected: Series;
  readonly lastFailure: Series;
  readonly #failures = new Map<string, Series>();
  readonly #disconnects = new Map<number, Series>();
  #duration: HistogramSeries | undefined;

  /** @param since when counting began, in milliseconds of Unix time */
  constructor(entry: string, since?: number) {
    this.entry = entry;
    this.#since = since;
    this.attempts = attempts.series({ entry }, since);
    this.connected = connected.series({ entry }, since);
    this.failed = failed.series({ entry }, since);
    this.lastAttempt = lastAttempt.series({ entry });
    this.lastConnected = lastConnected.series({ entry });
    this.lastDisconnected = lastDisconnected.series({ entry });
    this.lastFailure = lastFailure.series({ entry });
  }

  get duration(): HistogramSeries {
    this.#duration ??= dialDuration.histogramSeries({ entry: this.entry }, this.#since);
    return this.#duration;
  }

  failure(code: number, phase: Phase): Series {
    const key = `${code} ${phase}`;
    let series = this.#failures.get(key);
    if (series === undefined) {
      const { code: error_code, name: error, category } = describeError(code);
      series = failures.series({ entry: this.entry, error_code, error, category, phase }, this.#since);
      this.#failures.set(key, series);
    }
    return series;
  }

  disconnect(code: number): Series {
    let series = this.#disconnects.get(code);
    if (series === undefined) {
      const { code: reason_code, name: reason } = describeError(code);
      series = disconnects.series({ entry: this.entry, reason_code, reason }, this.#since);
      this.#disconnects.set(code, series);
    }
    return series;
  }
}
