/** A scrape: the wanted collectors side by side, each with the same deadline, and what they cost. */
import { type Family, gauge } from '../metrics/metric.ts';
import type { RasApi } from '../ras/api.ts';
import type { Collector } from './collector.ts';
import { type CollectorResult, CollectorRun } from './run.ts';

const collectorDuration = gauge('ras_exporter_collector_duration_seconds', {
  help: 'How long the collector took.',
  unit: 's',
  labels: ['collector'],
});
const collectorSuccess = gauge('ras_exporter_collector_success', {
  help: 'Whether the collector read all that it reads (1) or a part is missing (0).',
  labels: ['collector'],
});
const collectorTimeout = gauge('ras_exporter_collector_timeout', {
  help: 'Whether a call into Windows did not return before the deadline, or has not returned since an earlier one.',
  labels: ['collector'],
});
const scrapeDuration = gauge('ras_exporter_scrape_duration_seconds', {
  help: 'How long the collectors took together.',
  unit: 's',
});

/** Metrics of every scrape about its collectors. */
export const scrapeMetrics = [collectorDuration, collectorSuccess, collectorTimeout, scrapeDuration];

/** What one scrape found. */
export interface Snapshot {
  readonly families: readonly Family[];
  readonly results: readonly CollectorResult[];
}

/** Is told of every result that a scrape is made of. */
export type ResultListener = (result: CollectorResult) => void;

export class Scraper {
  readonly #ras: RasApi;
  readonly #collectors: readonly Collector[];
  readonly #listener: ResultListener;
  readonly #runs = new Map<string, CollectorRun>();

  constructor(ras: RasApi, collectors: readonly Collector[], listener: ResultListener = () => {}) {
    this.#ras = ras;
    this.#collectors = collectors;
    this.#listener = listener;
  }

  /** The names that a scrape may ask for. */
  get collectors(): readonly string[] {
    return this.#collectors.map(({ name }) => name);
  }

  /**
   * Scrapes once. Runs that are under way are shared, never repeated.
   *
   * @param timeout milliseconds until the answer has to stand
   * @param wanted names of collectors; default all
   */
  async scrape(timeout: number, wanted: ReadonlySet<string> = new Set(this.collectors)): Promise<Snapshot> {
    const started = performance.now();
    const chosen = this.#collectors.filter(({ name }) => wanted.has(name));
    const results = await Promise.all(chosen.map((collector) => this.#run(collector).result(timeout)));
    const of = (metric: typeof collectorDuration, value: (result: CollectorResult) => number) =>
      metric.family(results.map((result) => metric.series(result).at(value(result))));
    return {
      results,
      families: [
        ...results.flatMap(({ families }) => families),
        of(collectorDuration, ({ seconds }) => seconds),
        of(collectorSuccess, ({ problems }) => (problems.length === 0 ? 1 : 0)),
        of(collectorTimeout, ({ timedOut }) => (timedOut ? 1 : 0)),
        scrapeDuration.of((performance.now() - started) / 1000),
      ],
    };
  }

  #run(collector: Collector): CollectorRun {
    const running = this.#runs.get(collector.name);
    if (running !== undefined) return running;
    const run = new CollectorRun(collector, this.#ras);
    this.#runs.set(collector.name, run);
    void run.done.then((result) => {
      this.#runs.delete(collector.name);
      this.#listener(result);
    });
    return run;
  }
}
