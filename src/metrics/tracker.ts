/**
 * What is remembered between scrapes, by key: the only place where the exporter keeps state about Windows.
 *
 * A counter must not fall while the exporter lives, so a state outlives its series: an entry that is renamed, or a phone book
 * that cannot be read for a while, comes back with the counts it had. What is idle longest goes first, once there is more of
 * it than anybody could have meant to keep.
 */
export class Tracker<S, Seed> {
  readonly #states = new Map<string, { readonly state: S; round: number }>();
  readonly #create: (seed: Seed) => S;
  readonly #idleLimit: number;
  #round = 0;

  /**
   * @param create makes the state of a key that was never seen, or was forgotten
   * @param idleLimit how many states are kept that the last round did not ask for
   */
  constructor(create: (seed: Seed) => S, idleLimit = 4096) {
    this.#create = create;
    this.#idleLimit = idleLimit;
  }

  /** The state of `key`, made from `seed` when there is none; asking for it keeps it alive. */
  get(key: string, seed: Seed): S {
    let held = this.#states.get(key);
    if (held === undefined) {
      held = { state: this.#create(seed), round: this.#round };
      this.#states.set(key, held);
    }
    held.round = this.#round;
    return held.state;
  }

  /** The states that this round did not ask for. */
  *idle(): Generator<S> {
    for (const held of this.#states.values()) if (held.round !== this.#round) yield held.state;
  }

  /** Every state that is held. */
  *all(): Generator<S> {
    for (const { state } of this.#states.values()) yield state;
  }

  /** Begins a round (a scrape): forgets what was idle longest where too much was idle in the last one. */
  nextRound(): void {
    const idle = [...this.#states].filter(([, held]) => held.round !== this.#round);
    const surplus = idle.length - this.#idleLimit;
    if (surplus > 0) {
      idle.sort(([, a], [, b]) => a.round - b.round);
      for (const [key] of idle.slice(0, surplus)) this.#states.delete(key);
    }
    this.#round += 1;
  }

  /** How many states are held. */
  get size(): number {
    return this.#states.size;
  }
}
