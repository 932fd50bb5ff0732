/**
 * The records that the dials of one entry leave in the event log, in the order of their time.
 *
 * They follow from the timeline alone, so a dial that came and went between two looks has left its records as well.
 */
import { connectionState } from '../states.ts';
import { correlationIdOf } from './player.ts';
import type { ScenarioEntry, Step, Timeline } from './scenario.ts';
import { hasEnded, startsDial } from './timeline.ts';

/** A record as it is written, before the log gives it a number. */
export interface WrittenRecord {
  /** Milliseconds since the start of the simulation. */
  readonly time: number;
  readonly eventId: number;
  /** Made when it is read: most are overwritten before. `undefined`: the record is there and cannot be read. */
  readonly data: (() => readonly string[]) | undefined;
}

/** A record in a round of a timeline. */
interface Mark {
  /** Milliseconds since the round began. */
  readonly offset: number;
  readonly eventId: number;
  /** The how-many-th dial of the round; 0 = one that an earlier round began. */
  readonly dial: number;
  /** Why it failed or ended; 0 for other records. */
  readonly code: number;
}

/** How far a dial has come. */
type Stage = 'none' | 'linking' | 'linked' | 'connected';

interface Round {
  readonly marks: readonly Mark[];
  readonly dials: number;
  readonly end: Stage;
}

/** ERROR_USER_DISCONNECTION: the reason of an end that nothing else explains. */
const USER_DISCONNECTION = 631;

/** The rounds of a timeline: the first, the second, and all that follow, which leave the same records each. */
export type Rounds = readonly [first: Round, second: Round, later: Round];

export function roundsOf({ steps }: Timeline): Rounds {
  const first = walk(steps, undefined, 'none');
  const second = walk(steps, steps.at(-1), first.end);
  return [first, second, walk(steps, steps.at(-1), second.end)];
}

function walk(steps: readonly Step[], before: Step | undefined, stageBefore: Stage): Round {
  const marks: Mark[] = [];
  let previous = before;
  let stage = stageBefore;
  let offset = 0;
  let dials = 0;
  for (const step of steps) {
    const mark = (eventId: number, code = 0) => marks.push({ offset, eventId, dial: dials, code });
    if (startsDial(previous, step)) {
      dials += 1;
      stage = 'linking';
      mark(20221);
      // One that fails at once has found no device to dial with.
      if (!hasEnded(step)) mark(20222);
    }
    stage = advance(stage, step, mark);
    previous = step;
    offset += step.duration;
  }
  return { marks, dials, end: stage };
}

/** What a step does to a dial, and the records that it leaves. */
function advance(stage: Stage, step: Step, mark: (eventId: number, code?: number) => void): Stage {
  if (stage === 'none') return stage;
  const { state, substate, error } = step;
  const shown = state === undefined ? 'disconnected' : connectionState({ state, substate, error });
  if (shown === 'connecting') return stage;
  if (shown === 'failed') {
    mark(stage === 'connected' ? 20226 : 20227, error);
    return 'none';
  }
  if (shown === 'disconnected') {
    // A dial that is given up leaves no record of its end.
    if (stage === 'connected') mark(20226, USER_DISCONNECTION);
    return 'none';
  }
  if (stage === 'linking') {
    mark(20223);
    mark(20224);
  }
  if (stage === 'connected') return stage;
  if (shown === 'authenticating' || shown === 'waiting') return 'linked';
  mark(20225);
  return 'connected';
}

/** Goes through the records of one entry. */
export class DialRecords {
  readonly #entry: ScenarioEntry;
  readonly #twin: number;
  readonly #rounds: Rounds;
  readonly #length: number;
  #round = 0;
  #index = 0;

  constructor(entry: ScenarioEntry, twin: number, rounds: Rounds) {
    this.#entry = entry;
    this.#twin = twin;
    this.#rounds = rounds;
    this.#length = entry.timeline.steps.reduce((sum, step) => sum + step.duration, 0);
  }

  /** Goes on with the records since `time`. */
  seek(time: number): void {
    const position = Math.max(0, time + this.#entry.phase);
    this.#round = this.#repeats ? Math.floor(position / this.#length) : 0;
    const since = position - (this.#round === 0 ? 0 : this.#round * this.#length);
    const index = this.#marks.findIndex(({ offset }) => offset >= since);
    this.#index = index === -1 ? this.#marks.length : index;
    this.#settle();
  }

  /** When the next record is written; `Infinity` = none comes any more. */
  get nextTime(): number {
    const mark = this.#marks[this.#index];
    if (mark === undefined) return Number.POSITIVE_INFINITY;
    return (this.#round === 0 ? 0 : this.#round * this.#length) + mark.offset - this.#entry.phase;
  }

  /** Records that are written in so many milliseconds, at most. */
  atMost(milliseconds: number): number {
    const [first, second, later] = this.#rounds;
    const once = first.marks.length + second.marks.length;
    return this.#repeats ? once + Math.ceil(milliseconds / this.#length) * later.marks.length : once;
  }

  /** The next record. */
  take(): WrittenRecord | undefined {
    const mark = this.#marks[this.#index];
    if (mark === undefined) return undefined;
    const [first, second] = this.#rounds;
    const dialsBefore = this.#round === 0 ? 0 : first.dials + (this.#round - 1) * second.dials;
    const record = recordOf(this.#entry, this.#twin, this.nextTime, dialsBefore + mark.dial, mark);
    this.#index += 1;
    this.#settle();
    return record;
  }

  get #repeats(): boolean {
    return this.#entry.timeline.repeat && this.#length > 0;
  }

  get #marks(): readonly Mark[] {
    return this.#rounds[this.#round === 0 ? 0 : this.#round === 1 ? 1 : 2].marks;
  }

  /** Goes on to the next round that has a record. */
  #settle(): void {
    while (this.#index >= this.#marks.length && this.#repeats) {
      if (this.#round >= 2 && this.#marks.length === 0) return;
      this.#round += 1;
      this.#index = 0;
    }
  }
}

/** Who dials, as far as the log is concerned: what must not show in a metric. */
const USER = 'EXAMPLE\\alice';

function recordOf(entry: ScenarioEntry, twin: number, time: number, dial: number, mark: Mark): WrittenRecord {
  const { eventId, code } = mark;
  return { time, eventId, data: () => fieldsOf(entry, coIdOf(correlationIdOf(entry, twin, dial)), eventId, code) };
}

/** `{GUID}`, upper case. */
export function coIdOf(guid: string): string {
  return `{${guid.toUpperCase()}}`;
}

/** EventData of each event, by position. */
export function fieldsOf(entry: ScenarioEntry, coId: string, eventId: number, code: number): readonly string[] {
  const { name, phonebook, deviceType, deviceName, server } = entry;
  const media = deviceType.toUpperCase();
  switch (eventId) {
    case 20221:
      return [coId, USER, media, phonebook.allUsers ? 'all-user' : 'per-user', name, `\nDial-in User = alice\n`];
    case 20222:
      return [
        coId,
        USER,
        name,
        `\nServer address/Phone Number = ${server}\nDevice = ${deviceName}\nMediaType = ${media}.`,
      ];
    case 20223:
      return [coId, USER, deviceName];
    case 20224:
      return [coId, USER];
    case 20225:
      return [coId, USER, name, '\nTunnelIpAddress = 10.20.30.40\nTunnelIpv6Address = None\nDial-in User = alice.'];
    default:
      // As Windows writes HRESULTs: signed.
      return [coId, USER, name, String(code | 0)];
  }
}
