/** Says when a connection changes its state or its error: one line per change, never one per scrape. */

import { connectionErrorCode, connectionFailures, connectionState, up } from '../collectors/connections/metrics.ts';
import { type EntryFilter, isShown } from '../collectors/entry-filter.ts';
import type { CollectorResult } from '../collectors/run.ts';
import type { Metric, Sample, Series } from '../metrics/metric.ts';
import { Tracker } from '../metrics/tracker.ts';
import { describeError } from '../ras/errors.ts';
import type { LogFields, Logger } from './logger.ts';

/** Lines that one scrape may write: a machine on which everything changes at once is one event, not ten thousand. */
const MOST_LINES = 100;

interface Seen {
  readonly entry: string;
  readonly phonebook: string;
  /** `undefined` before it is known; `gone` when Windows shows neither a connection nor an entry. */
  state: string | undefined;
  error: number;
}

/**
 * Listens to results and logs what has changed since the one before.
 *
 * @param filter the entries that are shown; it may change
 */
export function connectionLog(log: Logger, filter: EntryFilter = {}): (result: CollectorResult) => void {
  const tracker = new Tracker<Seen, Sample>(({ series }) => ({
    entry: series.labels.entry ?? '',
    phonebook: series.labels.phonebook ?? '',
    state: undefined,
    error: 0,
  }));
  return (result) => {
    if (result.collector !== 'connections') return;
    const samples = (metric: Metric): readonly Sample[] =>
      result.families.find((family) => family.metric === metric)?.samples ?? [];
    const lines = new Lines(log);
    tracker.nextRound();
    // It is there, whether or not its state could be read.
    for (const sample of samples(connectionFailures)) tracker.get(keyOf(sample), sample);
    const failing = samples(connectionErrorCode).filter(({ value }) => value !== 0);
    const errors = new Map(failing.map((sample) => [keyOf(sample), sample.value]));
    for (const sample of samples(connectionState)) {
      if (sample.value !== 1) continue;
      const key = keyOf(sample);
      lines.note(tracker.get(key, sample), sample.series.labels.state ?? '', errors.get(key) ?? 0);
    }
    // Only a whole answer tells what is no longer there.
    if (result.problems.length === 0 && samples(up)[0]?.value === 1) {
      for (const seen of tracker.idle()) {
        if (isShown(seen.entry, filter)) lines.note(seen, 'gone', 0);
        else seen.state = undefined;
      }
    }
    lines.end();
  };
}

/** Series stay the same from scrape to scrape, and there are many. */
const keys = new WeakMap<Series, string>();

function keyOf({ series }: Sample): string {
  let key = keys.get(series);
  if (key === undefined) {
    key = `${series.labels.phonebook}\0${series.labels.entry}`;
    keys.set(series, key);
  }
  return key;
}

/** The lines of one scrape. */
class Lines {
  readonly #log: Logger;
  #written = 0;
  #left = 0;

  constructor(log: Logger) {
    this.#log = log;
  }

  note(seen: Seen, state: string, error: number): void {
    const from = seen.state;
    const isNews = from !== state || (error !== 0 && error !== seen.error);
    seen.state = state;
    seen.error = error;
    if (!isNews) return;
    const { entry, phonebook } = seen;
    const of = { entry, phonebook };
    if (from === undefined) this.#log.debug('Connection seen', { ...of, state, error: errorField(error) });
    // An entry that was never up and is taken out of its phone book is no event of a connection.
    else if (state === 'gone' && from === 'disconnected') this.#log.debug('Entry is gone', of);
    else if (from === 'gone' && state === 'disconnected') this.#log.debug('Entry is back', of);
    else this.#change(state, { ...of, from, to: state, error: errorField(error) });
  }

  end(): void {
    if (this.#left > 0) this.#log.warn('More connections have changed', { count: this.#left });
  }

  #change(state: string, fields: LogFields): void {
    if (this.#written >= MOST_LINES) {
      this.#left += 1;
      return;
    }
    this.#written += 1;
    this.#log[state === 'failed' ? 'warn' : 'info']('Connection state changed', fields);
  }
}

/** `809 ERROR_VPN_TIMEOUT` */
function errorField(code: number): string | undefined {
  if (code === 0) return undefined;
  const { code: shown, name } = describeError(code);
  return `${shown} ${name}`;
}
