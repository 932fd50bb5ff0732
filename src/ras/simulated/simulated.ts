/**
 * `RasApi` without Windows: plays a scenario in time.
 *
 * The answers depend on the scenario and the clock only. A call that has nothing wrong with it is answered at once; one that
 * the scenario delays runs in a lane, and then everything else queues behind it or is refused, as with the real API.
 */
import type {
  RasApi,
  RasConnection,
  RasConnectionStatus,
  RasDevice,
  RasEntryName,
  RasEntryProperties,
  RasFunction,
  RasProjection,
  RasStatistics,
} from '../api.ts';
import { CallError, CallTimeout } from '../call-errors.ts';
import { ApiCalls } from '../calls.ts';
import { describeError } from '../errors.ts';
import { Lane } from '../lane.ts';
import { devicesOf } from './devices.ts';
import { SimulatedPhonebooks } from './phonebooks.ts';
import { EntryPlayer, slotOfHandle, twinsOf } from './player.ts';
import type { Scenario } from './scenario.ts';
import { type CallTrouble, type FindTrouble, troubleFinder } from './trouble.ts';
import { waitUntil } from './wait.ts';

const ERROR_INVALID_HANDLE = 6;
const ERROR_INVALID_PARAMETER = 87;
const ERROR_CANNOT_FIND_PHONEBOOK_ENTRY = 623;
const ERROR_NO_CONNECTION = 668;
const ERROR_PROJECTION_NOT_COMPLETE = 730;
const ERROR_PROTOCOL_NOT_CONFIGURED = 731;

export interface SimulatedApiOptions {
  readonly scenario: Scenario;
  /** Milliseconds, monotonic; the scenario begins now. */
  readonly clock?: () => number;
  /** Is told of every call that needs the service RasMan. */
  readonly onCall?: () => void;
}

/** Makes the simulated API. Two of the same scenario say the same after the same time on their clocks. */
export function createSimulatedApi({
  scenario,
  clock = () => performance.now(),
  onCall = () => {},
}: SimulatedApiOptions): RasApi {
  return new SimulatedApi(scenario, clock, onCall);
}

/** What a call has come to: its answer, or what it failed with. */
type Outcome<T> = { readonly answer: T } | { readonly error: CallError };

/** Return values that are an answer and no error, and the answer. */
type Protocol<T> = ReadonlyMap<number, T>;

const CONNECTION_ENDED: Protocol<undefined> = new Map([[ERROR_INVALID_HANDLE, undefined]]);
const NO_STATISTICS: Protocol<undefined> = new Map([...CONNECTION_ENDED, [ERROR_NO_CONNECTION, undefined]]);
const NO_PROJECTION: Protocol<undefined> = new Map([
  ...NO_STATISTICS,
  [ERROR_PROJECTION_NOT_COMPLETE, undefined],
  [ERROR_PROTOCOL_NOT_CONFIGURED, undefined],
]);

class SimulatedApi implements RasApi {
  readonly name = 'simulated';
  readonly calls = new ApiCalls();
  readonly #clock: () => number;
  readonly #onCall: () => void;
  readonly #start: number;
  readonly #lane: Lane;
  readonly #troubleOf: FindTrouble;
  readonly #players: readonly EntryPlayer[];
  /** By name and phone book, in the order of the scenario; a name that stands twice in a phone book is one entry. */
  readonly #phonebook: ReadonlyMap<string, EntryPlayer>;
  readonly #phonebooks: SimulatedPhonebooks;
  readonly #devices: readonly RasDevice[];

  constructor(scenario: Scenario, clock: () => number, onCall: () => void) {
    this.#clock = clock;
    this.#onCall = onCall;
    this.#start = clock();
    this.#lane = new Lane(clock);
    this.#troubleOf = troubleFinder(scenario.api);
    const twins = twinsOf(scenario.entries);
    const phonebook = new Map<string, EntryPlayer>();
    this.#players = scenario.entries.map((entry, slot) => {
      const key = entryKey(entry.name, entry.phonebook.path);
      const player = new EntryPlayer(entry, slot, twins[slot] ?? 0);
      if (player.inPhonebook && !phonebook.has(key)) phonebook.set(key, player);
      return player;
    });
    this.#phonebook = phonebook;
    this.#phonebooks = new SimulatedPhonebooks(
      scenario.entries,
      Array.from(phonebook.values(), ({ name }) => name),
    );
    this.#devices = devicesOf(scenario);
  }

  get hanging(): boolean {
    return this.#lane.hanging;
  }

  enumConnections(signal: AbortSignal): Promise<readonly RasConnection[]> {
    return this.#call('RasEnumConnectionsW', undefined, signal, () => {
      const elapsed = this.#elapsed();
      const found: RasConnection[] = [];
      for (const player of this.#players) {
        const playing = player.at(elapsed);
        if (playing !== undefined) found.push(playing.connection);
      }
      return found;
    });
  }

  getConnectStatus(handle: bigint, signal: AbortSignal): Promise<RasConnectionStatus | undefined> {
    return this.#callFor(
      'RasGetConnectStatusW',
      handle,
      signal,
      CONNECTION_ENDED,
      (player, elapsed) => player.at(elapsed)?.status,
    );
  }

  enumEntries(signal: AbortSignal, phonebookPath?: string): Promise<readonly RasEntryName[]> {
    return this.#call('RasEnumEntriesW', undefined, signal, () => {
      if (phonebookPath === undefined) return this.#phonebooks.listed;
      const { names, returns } = this.#phonebooks.at(phonebookPath);
      if (returns !== 0) throw new CallError('RasEnumEntriesW', returns);
      return names;
    });
  }

  getEntryProperties({ entry, phonebookPath }: RasEntryName, signal: AbortSignal): Promise<RasEntryProperties> {
    return this.#call('RasGetEntryPropertiesW', entry, signal, () => {
      const player = this.#phonebook.get(entryKey(entry, phonebookPath));
      if (player === undefined) throw new CallError('RasGetEntryPropertiesW', ERROR_CANNOT_FIND_PHONEBOOK_ENTRY);
      return player.properties;
    });
  }

  getConnectionStatistics(handle: bigint, signal: AbortSignal): Promise<RasStatistics | undefined> {
    return this.#callFor('RasGetConnectionStatistics', handle, signal, NO_STATISTICS, (player, elapsed) =>
      player.statistics(elapsed),
    );
  }

  getProjectionInfo(handle: bigint, signal: AbortSignal): Promise<RasProjection | undefined> {
    return this.#callFor('RasGetProjectionInfoEx', handle, signal, NO_PROJECTION, (player, elapsed) =>
      player.projection(elapsed),
    );
  }

  enumDevices(signal: AbortSignal): Promise<readonly RasDevice[]> {
    return this.#call('RasEnumDevicesW', undefined, signal, () => this.#devices);
  }

  getErrorString(code: number, signal: AbortSignal): Promise<string> {
    return this.#call('RasGetErrorStringW', undefined, signal, () => {
      const { name, note } = describeError(code);
      if (name === 'unknown') throw new CallError('RasGetErrorStringW', ERROR_INVALID_PARAMETER);
      return note === '' ? name : note;
    });
  }

  /** A call for one connection; `undefined` when it has ended. */
  #callFor<T>(
    name: RasFunction,
    handle: bigint,
    signal: AbortSignal,
    protocol: Protocol<T | undefined>,
    ask: (player: EntryPlayer, elapsed: number) => T | undefined,
  ): Promise<T | undefined> {
    const player = this.#players[slotOfHandle(handle)];
    const answer = () => {
      const elapsed = this.#elapsed();
      return player?.at(elapsed)?.connection.handle === handle ? ask(player, elapsed) : undefined;
    };
    return this.#call(name, player?.name.entry, signal, answer, protocol);
  }

  #elapsed(): number {
    return this.#clock() - this.#start;
  }

  #call<T>(
    name: RasFunction,
    entry: string | undefined,
    signal: AbortSignal,
    answer: () => T,
    protocol?: Protocol<T>,
  ): Promise<T> {
    if (signal.aborted) {
      return Promise.reject(new CallTimeout(name, `${name} was not called: the deadline had passed`));
    }
    if (!this.#lane.busy) {
      const trouble = this.#troubleOf(name, entry, this.#elapsed());
      if (trouble?.until === undefined) return promiseOf(this.#finish(name, trouble, answer, protocol));
    }
    return this.#callInLane(name, entry, signal, (trouble) => this.#finish(name, trouble, answer, protocol));
  }

  async #callInLane<T>(
    name: RasFunction,
    entry: string | undefined,
    signal: AbortSignal,
    finish: (trouble: CallTrouble | undefined) => Outcome<T>,
  ): Promise<T> {
    const outcome = await this.#lane.run<Outcome<T>>(
      name,
      (done) => {
        // Looked up when it is this call's turn: the trouble that it queued for may have passed.
        const trouble = this.#troubleOf(name, entry, this.#elapsed());
        const end = () => done(undefined, finish(trouble));
        // Not within the call of the lane: a thousand queued calls would stand on one stack.
        if (trouble?.until === undefined) queueMicrotask(end);
        else waitUntil(this.#start + trouble.until, this.#clock, signal, end);
      },
      signal,
    );
    return await promiseOf(outcome);
  }

  /** The function returns now; its return value is recorded, whether anybody still waits for it or not. */
  #finish<T>(
    name: RasFunction,
    trouble: CallTrouble | undefined,
    answer: () => T,
    protocol: Protocol<T> | undefined,
  ): Outcome<T> {
    if (name !== 'RasGetErrorStringW') this.#onCall();
    try {
      const result =
        trouble === undefined || trouble.returns === 0 ? answer() : forced(name, trouble.returns, protocol);
      this.calls.record(name, 0);
      return { answer: result };
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      this.calls.record(name, error.code);
      return { error };
    }
  }
}

function forced<T>(name: RasFunction, returns: number, protocol: Protocol<T> = new Map()): T {
  for (const [code, answer] of protocol) if (code === returns) return answer;
  throw new CallError(name, returns);
}

function promiseOf<T>(outcome: Outcome<T>): Promise<T> {
  return 'error' in outcome ? Promise.reject(outcome.error) : Promise.resolve(outcome.answer);
}

/** Neither a name nor a path holds a NUL. */
function entryKey(name: string, path: string): string {
  return `${path}\0${name}`;
}
