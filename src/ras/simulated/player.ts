/** Plays one entry of a scenario: the records that Windows would give for it now. */
import { createHash } from 'node:crypto';
import type {
  RasConnection,
  RasConnectionStatus,
  RasEntryName,
  RasEntryProperties,
  RasProjection,
  RasStatistics,
} from '../api.ts';
import { ENCRYPTIONS, ENTRY_TYPES, VPN_STRATEGIES } from '../entry-options.ts';
import { RASCF, RASCONNSTATE } from '../states.ts';
import { defaultNegotiated, defaultTraffic, projectionOf, statisticsOf, type Traffic } from './link.ts';
import type { Owner, ScenarioEntry } from './scenario.ts';
import { type Moment, momentAt } from './timeline.ts';
import { type Flow, flowAt, flows } from './traffic.ts';

/** A connection that Windows has a handle for, and its status. */
export interface Playing {
  readonly connection: RasConnection;
  readonly status: RasConnectionStatus;
}

const OWNER_FLAGS: Readonly<Record<Owner, number>> = {
  self: RASCF.OwnerKnown | RASCF.OwnerMatch,
  other: RASCF.OwnerKnown,
  unknown: 0,
};

/** Bits of a handle below the dial number: which entry of the scenario. */
const SLOT_BITS = 16n;

/** Which player made a handle; nonsense for handles that none made. */
export function slotOfHandle(handle: bigint): number {
  return Number(BigInt.asUintN(Number(SLOT_BITS), handle)) - 1;
}

/** What Windows makes of an entry for such a device. */
function entryTypeOf(deviceType: string): number {
  const type = deviceType.toLowerCase();
  if (type === 'vpn') return ENTRY_TYPES.vpn;
  return type === 'pppoe' ? ENTRY_TYPES.broadband : ENTRY_TYPES.phone;
}

export class EntryPlayer {
  readonly name: RasEntryName;
  readonly properties: RasEntryProperties;
  readonly #entry: ScenarioEntry;
  readonly #slot: number;
  readonly #twin: number;
  readonly #flags: number;
  readonly #traffic: Traffic;
  readonly #projection: RasProjection;
  // Nothing changes between two steps: records are made when one begins, not for each call.
  #moment: Moment = { step: undefined, dial: 0, since: 0, until: 0 };
  #playing: Playing | undefined;
  /** How it stood when the step began; `undefined` until somebody asks. */
  #flow: Flow | undefined;

  /**
   * @param slot 0-based place in the scenario; no two players have the same
   * @param twin how many entries of the same name and phone book stand before this one
   */
  constructor(entry: ScenarioEntry, slot: number, twin: number) {
    const { name, phonebook, deviceType, deviceName, server, alwaysOn, owner } = entry;
    this.#entry = entry;
    this.#slot = slot;
    this.#twin = twin;
    this.#traffic = entry.traffic ?? defaultTraffic(deviceType);
    this.#projection = projectionOf(entry.negotiated ?? defaultNegotiated(deviceName), slot);
    this.#flags = OWNER_FLAGS[owner] | (phonebook.allUsers ? RASCF.AllUsers : 0);
    const entryId = phonebook.path === '' ? '' : guidOf('entry', phonebook.path, name);
    this.name = { entry: name, phonebookPath: phonebook.path, allUsers: phonebook.allUsers };
    this.properties = {
      alwaysOn,
      server,
      deviceType,
      deviceName,
      entryId,
      type: entryTypeOf(deviceType),
      vpnStrategy: entry.vpnStrategy ?? VPN_STRATEGIES.default,
      encryption: entry.encryption ?? ENCRYPTIONS.require,
    };
  }

  get inPhonebook(): boolean {
    return this.#entry.inPhonebook;
  }

  /** @param elapsed milliseconds since the start of the simulation; `undefined` = Windows has no handle */
  at(elapsed: number): Playing | undefined {
    const position = Math.max(0, elapsed + this.#entry.phase);
    if (position < this.#moment.since || position >= this.#moment.until) {
      this.#moment = momentAt(this.#entry.timeline, position);
      this.#playing = this.#play(this.#moment);
      this.#flow = undefined;
    }
    return this.#playing;
  }

  /** RAS_STATS of the connection that `at` gives; `undefined` = it is not up. */
  statistics(elapsed: number): RasStatistics | undefined {
    const { step, since } = this.#momentAt(elapsed);
    if (step?.state !== RASCONNSTATE.RASCS_Connected) return undefined;
    this.#flow ??= flowAt(this.#entry.timeline, since);
    const position = Math.max(0, elapsed + this.#entry.phase);
    const flowing = this.#flow.flowing + (flows(step) ? position - since : 0);
    return statisticsOf(this.#traffic, flowing, position - (this.#flow.since ?? position));
  }

  /** RAS_PROJECTION_INFO of the connection that `at` gives; `undefined` = nothing is negotiated. */
  projection(elapsed: number): RasProjection | undefined {
    return this.#momentAt(elapsed).step?.state === RASCONNSTATE.RASCS_Connected ? this.#projection : undefined;
  }

  #momentAt(elapsed: number): Moment {
    this.at(elapsed);
    return this.#moment;
  }

  #play({ step, dial }: Moment): Playing | undefined {
    if (step?.state === undefined) return undefined;
    const { deviceType, deviceName, server, name, phonebook, subEntry } = this.#entry;
    const status = {
      state: step.state,
      substate: step.substate,
      error: step.error,
      deviceType,
      deviceName,
      phoneNumber: server,
    };
    const handle = (BigInt(dial) << SLOT_BITS) + BigInt(this.#slot + 1);
    const before = this.#playing?.connection;
    if (before?.handle === handle) return { connection: before, status };
    const connection = {
      handle,
      entry: name,
      deviceType,
      deviceName,
      phonebookPath: phonebook.path,
      subEntry,
      entryId: this.properties.entryId,
      flags: this.#flags,
      correlationId: correlationIdOf(this.#entry, this.#twin, dial),
    };
    return { connection, status };
  }
}

/** How many entries of the same name and phone book stand before each. */
export function twinsOf(entries: readonly ScenarioEntry[]): readonly number[] {
  const counts = new Map<string, number>();
  return entries.map(({ name, phonebook }) => {
    // Neither a name nor a path holds a NUL.
    const key = `${phonebook.path}\0${name}`;
    const twin = counts.get(key) ?? 0;
    counts.set(key, twin + 1);
    return twin;
  });
}

/** guidCorrelationId of the how-many-th dial of an entry. */
export function correlationIdOf({ name, phonebook }: ScenarioEntry, twin: number, dial: number): string {
  return guidOf('dial', phonebook.path, name, String(twin), String(dial));
}

/** A GUID that is always the same for the same parts, in the form of a random one. Parts hold no NUL. */
function guidOf(...parts: readonly string[]): string {
  // UTF-16, as Windows has it: names that differ in a lone surrogate only are different names.
  const bytes = createHash('sha256').update(parts.join('\0'), 'utf16le').digest();
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
