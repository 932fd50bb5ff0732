/**
 * The dials that are under way, as far as the event log told: records of one dial share a CoId.
 *
 * Bounded: dials that were never seen to end, and ids that nobody uses again, must not fill memory.
 */
import type { DialId } from './dial-event.ts';
import type { Phase } from './metrics.ts';

/** Dials that are remembered; the one whose last record is oldest goes first. */
const MOST_DIALS = 4096;

/** Milliseconds. No dial takes so long, not even with a person who looks for the password: the clock was set meanwhile. */
const LONGEST_DIAL = 3_600_000;

interface Dial {
  readonly phase: Phase;
  /** When it began, Unix time in milliseconds; `undefined` when nobody saw it, or when it has come to something. */
  readonly began: number | undefined;
}

export class Dials {
  readonly #dials = new Map<string, Dial>();

  /** The dial begins; a dial with the same id begins anew. */
  start(id: DialId, time: number): void {
    this.#set(id, { phase: 'dial', began: time });
  }

  /** The dial has come as far as this. */
  reach(id: DialId, phase: 'link' | 'authentication'): void {
    this.#set(id, { phase, began: this.#get(id)?.began });
  }

  /**
   * The dial has made a connection.
   *
   * @returns milliseconds that it took; `undefined` when its beginning was not seen, or the clock was set meanwhile
   */
  connect(id: DialId, time: number): number | undefined {
    const began = this.#get(id)?.began;
    // A connection that fails later had passed all phases.
    this.#set(id, { phase: 'unknown', began: undefined });
    if (began === undefined) return undefined;
    const took = time - began;
    return took >= 0 && took <= LONGEST_DIAL ? took : undefined;
  }

  /**
   * The dial has failed. What comes after belongs to another try: it is not timed, but the last step stays the last step.
   *
   * @returns how far it had come
   */
  fail(id: DialId): Phase {
    const phase = this.#get(id)?.phase;
    if (phase === undefined) return 'unknown';
    this.#set(id, { phase, began: undefined });
    return phase;
  }

  /** The connection has ended. */
  end(id: DialId): void {
    if (id !== undefined) this.#dials.delete(id);
  }

  #get(id: DialId): Dial | undefined {
    return id === undefined ? undefined : this.#dials.get(id);
  }

  #set(id: DialId, dial: Dial): void {
    if (id === undefined) return;
    // Last in the order of a map is what was set last.
    this.#dials.delete(id);
    this.#dials.set(id, dial);
    if (this.#dials.size <= MOST_DIALS) return;
    for (const oldest of this.#dials.keys()) {
      this.#dials.delete(oldest);
      return;
    }
  }
}
