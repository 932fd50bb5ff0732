/**
 * Whether a password is that of a user: computed in a thread of its own, one at a time, and remembered.
 *
 * Nothing here is without a bound: comparisons that wait, and answers that are remembered. Right answers are remembered apart
 * from wrong ones, so that whoever guesses does not push out those who know.
 */
import { createHmac, randomBytes } from 'node:crypto';
import type { Worker } from 'node:worker_threads';
import type { Logger } from '../../logging/logger.ts';
import type { Credentials } from './basic-auth.ts';
import type { Comparison } from './hashing.ts';
import { startHashingThread } from './hashing-thread.ts';
import { Remembered } from './remembered.ts';
import { Turns } from './turns.ts';
import type { Secret } from './web-config.ts';

/** Comparisons that may wait: fewer than connections, so that those who are told to come back leave some free. */
const MAX_WAITING = 400;

/** `busy`: too many comparisons wait already, or the thread has failed. */
export type Verdict = 'right' | 'wrong' | 'busy';

/** Who asks. */
export interface Asker {
  /** Whose turn it takes: the network of the client. */
  readonly from: string;
  /** Whether the client is still there. */
  readonly waits: () => boolean;
}

interface Job extends Comparison {
  /** Several may ask for the same at the same time. */
  readonly askers: Asker[];
  readonly done: (verdict: Verdict) => void;
  readonly verdict: Promise<Verdict>;
}

export class Passwords {
  readonly #log: Logger;
  readonly #salt = randomBytes(32);
  readonly #answers = new Remembered();
  readonly #underWay = new Map<string, Job>();
  readonly #turns = new Turns<Job>(MAX_WAITING, ({ askers }) => askers.some(({ waits }) => waits()));
  #current: Job | undefined;
  #thread: Worker | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** @param users name → bcrypt hash */
  async check({ user, password }: Credentials, users: ReadonlyMap<string, Secret>, asker: Asker): Promise<Verdict> {
    const known = users.get(user)?.reveal();
    const hash = known ?? this.#nobodysHash(user, users);
    // Texts of any content, each with its length: no two different ones have the same key (CVE-2022-46146).
    const key = this.#digest(JSON.stringify([user, hash, password]));
    const remembered = this.#answers.get(key);
    if (remembered !== undefined) return remembered ? 'right' : 'wrong';
    let job = this.#underWay.get(key);
    job?.askers.push(asker);
    job ??= this.#ask(key, { password, hash }, asker);
    const verdict = await job.verdict;
    if (verdict === 'busy') return verdict;
    // Computed for nobody: a name that does not exist takes as long as one that does.
    const right = known !== undefined && verdict === 'right';
    this.#answers.set(key, right);
    return right ? 'right' : 'wrong';
  }

  /** Ends the thread; who waits is told that it is busy. */
  async close(): Promise<void> {
    for (const job of this.#turns.empty()) job.done('busy');
    await this.#thread?.terminate();
  }

  #ask(key: string, comparison: Comparison, asker: Asker): Job {
    const { promise: verdict, resolve } = Promise.withResolvers<Verdict>();
    const done = (answer: Verdict) => {
      // Whoever asks from now on asks anew.
      this.#underWay.delete(key);
      resolve(answer);
    };
    const job: Job = { ...comparison, askers: [asker], done, verdict };
    this.#underWay.set(key, job);
    for (const lost of this.#turns.add(asker.from, job)) lost.done('busy');
    this.#next();
    return job;
  }

  #next(): void {
    if (this.#current !== undefined) return;
    const { next, lost } = this.#turns.take();
    // Their clients have left: nothing is computed for them.
    for (const job of lost) job.done('busy');
    this.#current = next;
    if (this.#current === undefined) {
      // While it has nothing to do it keeps nobody from ending.
      this.#thread?.unref();
      return;
    }
    const { password, hash } = this.#current;
    this.#thread ??= this.#start();
    this.#thread.ref();
    const asked: Comparison = { password, hash };
    this.#thread.postMessage(asked);
  }

  #start(): Worker {
    const thread = startHashingThread();
    const failed = (why: string) => {
      if (this.#thread !== thread) return;
      this.#thread = undefined;
      if (why !== '') this.#log.error('Passwords cannot be checked', { err: why });
      this.#answer('busy');
    };
    thread.on('message', (right: unknown) => this.#answer(right === true ? 'right' : 'wrong'));
    thread.on('error', (error) => failed(String(error)));
    thread.on('exit', () => failed(''));
    return thread;
  }

  #answer(verdict: Verdict): void {
    const job = this.#current;
    this.#current = undefined;
    job?.done(verdict);
    this.#next();
  }

  /** A hash that no password has, and as expensive as that of one of the users: always the same one for a name. */
  #nobodysHash(user: string, users: ReadonlyMap<string, Secret>): string {
    const hashes = [...users.values()];
    const chosen = hashes[Number.parseInt(this.#digest(user).slice(0, 8), 16) % hashes.length];
    const cost = chosen?.reveal().slice(4, 6) ?? '10';
    return `$2b$${cost}$${'.'.repeat(53)}`;
  }

  #digest(text: string): string {
    return createHmac('sha256', this.#salt).update(text).digest('hex');
  }
}
