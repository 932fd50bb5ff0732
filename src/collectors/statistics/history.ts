/** What is remembered of the traffic of one identity: the totals of all its connections, ended ones included. */
import { Carry, type Totals } from './carry.ts';
import type { Reading } from './readings.ts';

/** Connections that Windows no longer shows and that may come back, lest one that flickers be counted twice. */
const REMEMBERED = 16;

/**
 * What makes a connection the same connection. Windows may tell no id, or only at times: older versions of its structures have
 * none. Then the handle is what is left, and the duration (`Carry`).
 */
interface ConnectionKey {
  readonly handle: bigint;
  readonly correlationId: string;
}

interface Held {
  readonly handle: bigint;
  correlationId: string;
  readonly carry: Carry;
  /** Whether it had no id when it was last read: which one it has now is not known then. */
  anonymous: boolean;
  /** The round in which it was last there. */
  round: number;
}

export class TrafficHistory {
  readonly totals: Totals = {
    bytesReceived: 0,
    bytesTransmitted: 0,
    framesReceived: 0,
    framesTransmitted: 0,
    crcErrors: 0,
    timeoutErrors: 0,
    alignmentErrors: 0,
    hardwareOverrunErrors: 0,
    framingErrors: 0,
    bufferOverrunErrors: 0,
  };
  readonly #held = new Map<string, Held>();
  /** The one that was read last, by handle. */
  readonly #recent = new Map<bigint, Held>();
  /** The one that was asked for last; with one connection per entry that is always the one that is meant. */
  #latest: Held | undefined;
  #round = 0;

  /** Counts what a reading adds; since when its connection is up, in milliseconds of Unix time. */
  observe(key: ConnectionKey, reading: Reading): number {
    const held = this.#find(key) ?? this.#add(key);
    const correlated = key.correlationId !== '' && key.correlationId === held.correlationId;
    this.#identify(held, key.correlationId);
    return held.carry.advance(reading, this.totals, correlated);
  }

  /** Takes note of the connections that Windows shows, whether or not it tells their statistics. */
  retain(present: readonly ConnectionKey[]): void {
    if (this.#held.size === 0) return;
    this.#round += 1;
    let found = 0;
    for (const key of present) {
      const held = this.#find(key);
      if (held === undefined || held.round === this.#round) continue;
      held.round = this.#round;
      found += 1;
    }
    if (found === this.#held.size) return;
    const gone = [...this.#held].filter(([, { round }]) => round !== this.#round);
    for (const [, { carry }] of gone) carry.noteAbsence();
    const surplus = gone.length - REMEMBERED;
    if (surplus <= 0) return;
    gone.sort(([, a], [, b]) => a.round - b.round);
    for (const [text, held] of gone.slice(0, surplus)) {
      this.#held.delete(text);
      if (this.#recent.get(held.handle) === held) this.#recent.delete(held.handle);
    }
    this.#latest = undefined;
  }

  #find(key: ConnectionKey): Held | undefined {
    if (this.#latest?.handle === key.handle && this.#latest.correlationId === key.correlationId) return this.#latest;
    const held = this.#held.get(textKey(key)) ?? this.#findByHandle(key);
    if (held !== undefined) this.#latest = held;
    return held;
  }

  #findByHandle({ handle, correlationId }: ConnectionKey): Held | undefined {
    const held = this.#recent.get(handle);
    return correlationId === '' || held?.anonymous === true ? held : undefined;
  }

  #add({ handle, correlationId }: ConnectionKey): Held {
    const held = { handle, correlationId, carry: new Carry(), anonymous: false, round: this.#round };
    this.#held.set(textKey(held), held);
    this.#latest = held;
    return held;
  }

  /** Takes note of the id under which a connection is read now; one that it had stays when it has none. */
  #identify(held: Held, correlationId: string): void {
    if (this.#recent.get(held.handle) !== held) this.#recent.set(held.handle, held);
    held.anonymous = correlationId === '';
    if (held.anonymous || held.correlationId === correlationId) return;
    this.#held.delete(textKey(held));
    held.correlationId = correlationId;
    this.#held.set(textKey(held), held);
  }
}

function textKey({ handle, correlationId }: ConnectionKey): string {
  return `${handle}/${correlationId}`;
}
