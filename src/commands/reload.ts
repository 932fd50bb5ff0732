/** Reloads of the configuration: one after the other, told to the log and to the metrics. */
import type { LiveConfig, Prepare, ReloadReport } from '../config/live.ts';
import type { Logger } from '../logging/logger.ts';
import type { Family } from '../metrics/metric.ts';
import { reloadFamilies } from '../metrics/reload.ts';

export class Reloader {
  readonly #live: LiveConfig;
  readonly #prepare: Prepare;
  readonly #log: Logger;
  #successful = true;
  #time = Date.now();
  #running: Promise<unknown> = Promise.resolve();
  #waiting: Promise<ReloadReport> | undefined;

  constructor(live: LiveConfig, prepare: Prepare, log: Logger) {
    this.#live = live;
    this.#prepare = prepare;
    this.#log = log;
  }

  /**
   * Reloads, after the reload that is running. Whoever asks while one waits shares it: it has yet to read the files.
   *
   * @throws ConfigError the configuration in use stays
   */
  reload(): Promise<ReloadReport> {
    if (this.#waiting !== undefined) return this.#waiting;
    const next = this.#running.then(() => {
      this.#waiting = undefined;
      return this.#reload();
    });
    this.#waiting = next;
    this.#running = next.catch(() => {});
    return next;
  }

  families(): Family[] {
    return reloadFamilies(this.#successful, this.#time);
  }

  async #reload(): Promise<ReloadReport> {
    try {
      const report = await this.#live.reload(this.#prepare);
      this.#successful = true;
      this.#time = Date.now();
      this.#log.info('Configuration reloaded', { changed: report.changed.join(',') });
      if (report.kept.length > 0) {
        this.#log.warn('Settings that have changed are taken at the next start', { settings: report.kept.join(',') });
      }
      return report;
    } catch (error) {
      this.#successful = false;
      const err = error instanceof Error ? error.message : String(error);
      this.#log.error('Configuration cannot be reloaded, the one before stays', { err });
      throw error;
    }
  }
}
