/** A scrape: the wanted collectors, those of different lanes side by side, all with the same deadline; and what they cost. */
import { type Family, gauge } from '../metrics/metric.ts';
import type { ServiceState } from '../ras/service-manager.ts';
import type { Windows } from '../ras/windows.ts';
import type { Collector, CollectorLane } from './collector.ts';
import { ScrapeReads } from './reads.ts';
import { type CollectorResult, CollectorRun, type CollectorSources } from './run.ts';
import { Trace } from './trace.ts';
import { traceWindows } from './traced-windows.ts';

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

/** What a scrape may have beside its deadline. */
export interface ScrapeOptions {
  /** Aborted when nobody waits for the snapshot any more: it is made at once then, of nothing. Runs go on. */
  readonly left?: AbortSignal;
  /** Is told of the calls of the runs that this scrape begins. */
  readonly trace?: Trace;
}

/** Is told of every result that a scrape is made of. */
export type ResultListener = (result: CollectorResult) => void;

export class Scraper {
  readonly #windows: Windows;
  #collectors: readonly Collector[];
  readonly #listener: ResultListener;
  readonly #runs = new Map<string, CollectorRun>();
  readonly #seenStates = new Map<string, ServiceState>();

  constructor(windows: Windows, collectors: readonly Collector[], listener: ResultListener = () => {}) {
    this.#windows = windows;
    this.#collectors = collectors;
    this.#listener = listener;
  }

  /** Has scrapes from the next one on use other collectors; runs that are under way go on. */
  use(collectors: readonly Collector[]): void {
    this.#collectors = collectors;
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
  async scrape(
    timeout: number,
    wanted: ReadonlySet<string> = new Set(this.collectors),
    { left, trace }: ScrapeOptions = {},
  ): Promise<Snapshot> {
    const started = performance.now();
    const chosen = this.#collectors.filter(({ name }) => wanted.has(name));
    const windows = trace === undefined ? this.#windows : traceWindows(this.#windows, trace);
    const reads = new ScrapeReads(windows, this.#seenStates);
    const sources = { ras: reads, eventLog: windows.eventLog, services: reads, trace };
    const lanes = new Map<CollectorLane, Promise<CollectorResult>>();
    const runs = chosen.map((collector) => {
      const run = this.#run(collector, sources, lanes.get(collector.lane));
      lanes.set(collector.lane, run.done);
      return run;
    });
    const results = await Promise.all(runs.map((run) => run.result(timeout, left)));
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

  /**
   * Scrapes once with a trace. Waits for runs that are under way, since their calls are made already; one that outlasts half of
   * the time is shared all the same.
   *
   * @param left aborted when nobody waits any more
   * @returns `undefined` when that was before the scrape began: it makes no calls then
   */
  async scrapeTraced(
    timeout: number,
    left: AbortSignal,
  ): Promise<{ readonly snapshot: Snapshot; readonly trace: Trace } | undefined> {
    const began = performance.now();
    await Promise.all([...this.#runs.values()].map((run) => run.end(timeout / 2, left)));
    if (left.aborted) return undefined;
    const trace = new Trace();
    const snapshot = await this.scrape(timeout - (performance.now() - began), undefined, { left, trace });
    return { snapshot, trace };
  }

  #run(collector: Collector, sources: CollectorSources, after: Promise<CollectorResult> | undefined): CollectorRun {
    const running = this.#runs.get(collector.name);
    if (running !== undefined) return running;
    const run = new CollectorRun(collector, sources, after);
    this.#runs.set(collector.name, run);
    void run.done.then((result) => {
      this.#runs.delete(collector.name);
      this.#listener(result);
    });
    return run;
  }
}
