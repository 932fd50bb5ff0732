/**
 * One run of one collector, shared by everybody who asks for it while it lasts.
 *
 * Prometheus servers come in pairs and ask at the same moment: they get the same answer from one set of calls into Windows.
 * Each waits no longer than its own deadline, and is shown what is known by then. The run is cut off after the longest time
 * that any of them gave, counted from its start: however many join, one after the other, what it says grows no older than that.
 */
import type { Family } from '../metrics/metric.ts';
import { CallTimeout, ServiceStopped } from '../ras/call-errors.ts';
import { type CollectContext, CollectError, type Collector } from './collector.ts';

/**
 * Milliseconds that a run is given at least. A call that is cut off makes its lane refuse all others, so a scraper with hardly
 * any patience must not decide for those that have some.
 */
const SHORTEST_RUN = 500;

/** What one collector gave. */
export interface CollectorResult {
  readonly collector: string;
  readonly families: readonly Family[];
  /** Why something is missing; empty on success. */
  readonly problems: readonly Error[];
  /** The service without which there was nothing to read: an answer, and no problem unless that is a guess. */
  readonly stopped: string | undefined;
  /** Whether a deadline was among the reasons. */
  readonly timedOut: boolean;
  readonly seconds: number;
}

/** What a collector works with, but for what belongs to its run. */
export type CollectorSources = Omit<CollectContext, 'signal' | 'report'>;

export class CollectorRun {
  readonly #collector: Collector;
  readonly #abort = new AbortController();
  readonly #created = performance.now();
  #began: number | undefined;
  readonly #done: Promise<CollectorResult>;
  #render: () => readonly Family[] = () => [];
  #limit = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Those who wait for the end. A set, so that of those who have left nothing is kept. */
  readonly #waiting = new Set<(result: CollectorResult) => void>();
  #result: CollectorResult | undefined;

  /** @param after what the run waits for before it begins */
  constructor(collector: Collector, sources: CollectorSources, after?: Promise<unknown>) {
    this.#collector = collector;
    const run = after === undefined ? this.#collect(sources) : after.then(() => this.#collect(sources));
    this.#done = run.finally(() => clearTimeout(this.#timer));
    void this.#done.then((result) => {
      this.#result = result;
      for (const settle of this.#waiting) settle(result);
    });
  }

  /** Settles with the run, never rejects. */
  get done(): Promise<CollectorResult> {
    return this.#done;
  }

  /**
   * The result at the end of the run, or what is known at the deadline.
   *
   * @param timeout milliseconds that the scraper gave
   * @param left aborted when the scraper is gone: it is told at once that nothing is known, and costs nothing any more
   */
  async result(timeout: number, left?: AbortSignal): Promise<CollectorResult> {
    this.#allow(Math.max(timeout, SHORTEST_RUN));
    // A little later than the run's own end at the same deadline, which knows better what was missing.
    const result = await this.end(timeout + 25, left);
    if (result !== undefined) return result;
    const late = new CallTimeout(this.#collector.name, `collector ${this.#collector.name} was not done in time`);
    return this.#resultWith([late], left?.aborted === true ? () => [] : this.#render);
  }

  /** The result at the end of the run; `undefined` when that is not within `timeout` milliseconds, or whoever waits has left. */
  end(timeout: number, left?: AbortSignal): Promise<CollectorResult | undefined> {
    if (this.#result !== undefined || left?.aborted === true) return Promise.resolve(this.#result);
    return new Promise((resolve) => {
      const settle = (result?: CollectorResult) => {
        clearTimeout(timer);
        this.#waiting.delete(settle);
        left?.removeEventListener('abort', leave);
        resolve(result);
      };
      const leave = () => settle();
      const timer = setTimeout(leave, timeout);
      this.#waiting.add(settle);
      left?.addEventListener('abort', leave);
    });
  }

  async #collect(sources: CollectorSources): Promise<CollectorResult> {
    this.#began = performance.now();
    const report = (render: () => readonly Family[]) => {
      this.#render = render;
    };
    try {
      await this.#collector.collect({ ...sources, signal: this.#abort.signal, report });
      return this.#resultWith([]);
    } catch (error) {
      if (error instanceof CollectError) return this.#resultWith(error.problems);
      return this.#resultWith([error instanceof Error ? error : new Error(String(error))]);
    }
  }

  #resultWith(problems: readonly Error[], render = this.#render): CollectorResult {
    let families: readonly Family[] = [];
    const stopped = problems.find((problem) => problem instanceof ServiceStopped);
    const all = problems.filter((problem) => !(problem instanceof ServiceStopped && problem.isCertain));
    try {
      families = render();
    } catch (error) {
      all.push(error instanceof Error ? error : new Error(String(error)));
    }
    return {
      collector: this.#collector.name,
      families,
      problems: all,
      stopped: stopped?.service,
      timedOut: all.some((problem) => problem instanceof CallTimeout),
      seconds: this.#began === undefined ? 0 : (performance.now() - this.#began) / 1000,
    };
  }

  /** Lets the run last `limit` milliseconds from its start, if that is longer than it may already. */
  #allow(limit: number): void {
    if (limit <= this.#limit || this.#abort.signal.aborted) return;
    this.#limit = limit;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#abort.abort(), Math.max(0, this.#created + limit - performance.now()));
  }
}
