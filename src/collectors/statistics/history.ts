/** What is remembered of the traffic of one identity: the totals of all its connections, ended ones included. */
import { Carry, type Reading, type Totals } from './carry.ts';

/** Connections that Windows no longer shows and that may come back, lest one that flickers be counted twice. */
const REMEMBERED = 16;

/** What makes a connection the same connection. */
interface ConnectionKey {
  readonly handle: bigint;
  readonly correlationId: string;
}

interface Held extends ConnectionKey {
  readonly carry: Carry;
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
  /** The one that was asked for last; with one connection per entry that is always the one that is meant. */
  #latest: Held | undefined;
  #round = 0;

  /** Counts what a reading adds; since when its connection is up, in milliseconds of Unix time. */
  observe(key: ConnectionKey, reading: Reading): number {
    return (this.#find(key) ?? this.#add(key)).carry.advance(reading, this.totals);
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
    for (const [text] of gone.slice(0, surplus)) this.#held.delete(text);
    this.#latest = undefined;
  }

  #find(key: ConnectionKey): Held | undefined {
    if (this.#latest?.handle === key.handle && this.#latest.correlationId === key.correlationId) return this.#latest;
    const held = this.#held.get(textKey(key));
    if (held !== undefined) this.#latest = held;
    return held;
  }

  #add({ handle, correlationId }: ConnectionKey): Held {
    const held = { handle, correlationId, carry: new Carry(correlationId !== ''), round: this.#round };
    this.#held.set(textKey(held), held);
    this.#latest = held;
    return held;
  }
}

function textKey({ handle, correlationId }: ConnectionKey): string {
  return `${handle}/${correlationId}`;
}
