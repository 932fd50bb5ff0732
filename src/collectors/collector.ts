/** What a collector is: a small pure thing that turns what `RasApi` says into metric families. */
import type { Family, Metric } from '../metrics/metric.ts';
import type { RasApi } from '../ras/api.ts';
import type { EventLog } from '../ras/event-log.ts';
import type { ServiceManager } from '../ras/service-manager.ts';
import type { Trace } from './trace.ts';

/** What a collector works with during one scrape. */
export interface CollectContext {
  /** Rejects with `ServiceStopped`, too: that is no failure of a collector while it is certain. */
  readonly ras: RasApi;
  readonly eventLog: EventLog;
  readonly services: ServiceManager;
  /** Where somebody wants to know why things appear as they do. */
  readonly trace: Trace | undefined;
  /** Aborted at the deadline; every call then rejects with `CallTimeout`. */
  readonly signal: AbortSignal;
  /**
   * Says how to render what is known so far. Called early, it lets a scrape whose deadline passes answer with the part that
   * Windows had told by then.
   */
  report(render: () => readonly Family[]): void;
}

/**
 * What a collector calls into. Collectors of one lane run one after the other, in the order of their list: a call that hangs
 * costs those that come later, not those before it.
 */
export type CollectorLane = 'rasapi32' | 'wevtapi' | 'advapi32';

/** One collector: its name on the command line, its metrics, and how to collect them. */
export interface Collector {
  readonly name: string;
  readonly lane: CollectorLane;
  /** Every metric that `collect` may report; documentation and parity tests are generated from it. */
  readonly metrics: readonly Metric[];
  /** Whether it runs when `--collectors.enabled` does not name it. */
  readonly enabledByDefault: boolean;
  /**
   * Collects once; never called again before the returned promise has settled.
   *
   * @throws CollectError when a part could not be read; what was read stands all the same
   */
  collect(context: CollectContext): Promise<void>;
}

/** Parts of a collection that failed. */
export class CollectError extends Error {
  readonly problems: readonly Error[];

  constructor(problems: readonly Error[]) {
    super(problems.map((problem) => problem.message).join('; '));
    this.name = 'CollectError';
    this.problems = problems;
  }
}
