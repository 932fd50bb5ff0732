/**
 * The web configuration as its file says now.
 *
 * The file is read for every request, as the toolkit does, and understood anew only when its text has changed: no change is
 * missed, and none needs a restart or a signal.
 */
import type { Logger } from '../../logging/logger.ts';
import { readWebConfig } from './read.ts';
import { readText } from './validate.ts';
import { type WebConfig, WebConfigError } from './web-config.ts';

/** A hash that takes longer than a second to compare. */
const EXPENSIVE_COST = 14;

export class CurrentConfig {
  readonly #file: string;
  readonly #log: Logger;
  #text: string;
  #state: WebConfig | WebConfigError;
  #good: WebConfig;

  /** @throws WebConfigError when the file cannot be used */
  constructor(file: string, log: Logger) {
    this.#file = file;
    this.#log = log;
    this.#text = readText(file);
    this.#good = readWebConfig(this.#text, file);
    this.#state = this.#good;
    this.#warnOfExpensiveHashes();
  }

  /** What the file says now; what is wrong with it. Each change of that is logged once. */
  get(): WebConfig | WebConfigError {
    const text = this.#readOrError();
    if (text === this.#text) return this.#state;
    const before = this.#state;
    this.#state = typeof text === 'string' ? this.#parse(text) : text;
    // Not the same text as any, so that it is looked at again.
    this.#text = typeof text === 'string' ? text : '\0';
    if (!(this.#state instanceof WebConfigError)) {
      this.#good = this.#state;
      this.#log.info('Web configuration read', { file: this.#file });
      this.#warnOfExpensiveHashes();
    } else if (!(before instanceof WebConfigError) || before.message !== this.#state.message) {
      this.#log.error('Unable to parse configuration', { err: this.#state.message });
    }
    return this.#state;
  }

  /** The last one that was right. */
  get good(): WebConfig {
    return this.#good;
  }

  #parse(text: string): WebConfig | WebConfigError {
    try {
      this.#refuseToBeEmptied(text);
      return readWebConfig(text, this.#file);
    } catch (error) {
      if (error instanceof WebConfigError) return error;
      throw error;
    }
  }

  /** Editors empty a file before they write it. Whoever wants nothing of all this any more says so, or starts anew. */
  #refuseToBeEmptied(text: string): void {
    if (text.trim() !== '' || !(this.#good.tls !== undefined || this.#good.users.size > 0)) return;
    throw new WebConfigError(`${this.#file}: has become empty; write {} to have neither users nor headers`);
  }

  #warnOfExpensiveHashes(): void {
    for (const [user, hash] of this.#good.users) {
      const cost = Number(hash.reveal().slice(4, 6));
      if (cost > EXPENSIVE_COST) this.#log.warn('A password takes seconds to check', { user, cost });
    }
  }

  #readOrError(): string | WebConfigError {
    try {
      return readText(this.#file);
    } catch (error) {
      if (error instanceof WebConfigError) return error;
      throw error;
    }
  }
}
