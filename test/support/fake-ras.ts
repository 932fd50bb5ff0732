/**
 * A `RasApi` that says what a test tells it: for behaviour above the API, where a test wants one exact answer. What is below
 * is tested on the real binding.
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
} from '../../src/ras/api.ts';
import { CallError } from '../../src/ras/call-errors.ts';
import { ApiCalls } from '../../src/ras/calls.ts';
import { Lane } from '../../src/ras/lane.ts';

/** A connection and its status in one. */
export interface FakeConnection extends RasConnection {
  readonly status: RasConnectionStatus;
}

export const ALL_USERS_PBK = 'C:\\ProgramData\\Microsoft\\Network\\Connections\\Pbk\\rasphone.pbk';
export const ALICE_PBK = 'C:\\Users\\alice\\AppData\\Roaming\\Microsoft\\Network\\Connections\\Pbk\\rasphone.pbk';

let handles = 0x1000n;

/** A connection, by default a healthy IKEv2 tunnel of the all-users phone book. */
export function connection(
  part: Partial<RasConnection> & { state?: number; substate?: number; error?: number; phoneNumber?: string } = {},
): FakeConnection {
  handles += 1n;
  const { state = 0x2000, substate = 0, error = 0, phoneNumber = 'vpn.example.com', ...rest } = part;
  const base: RasConnection = {
    handle: handles,
    entry: 'Office VPN',
    deviceType: 'vpn',
    deviceName: 'WAN Miniport (IKEv2)',
    phonebookPath: ALL_USERS_PBK,
    subEntry: 1,
    entryId: '00112233-4455-6677-8899-aabbccddeeff',
    flags: 1,
    correlationId: `c0de0000-0000-0000-0000-${handles.toString(16).padStart(12, '0')}`,
    ...rest,
  };
  const { deviceType, deviceName } = base;
  return { ...base, status: { state, substate, error, deviceType, deviceName, phoneNumber } };
}

/** A phone-book entry, by default of the all-users phone book. */
export function entry(name: string, part: Partial<RasEntryName & RasEntryProperties> = {}) {
  return {
    entry: name,
    phonebookPath: ALL_USERS_PBK,
    allUsers: true,
    alwaysOn: false,
    server: 'vpn.example.com',
    deviceType: 'vpn',
    deviceName: 'WAN Miniport (IKEv2)',
    entryId: '',
    type: 2,
    vpnStrategy: 0,
    encryption: 1,
    ...part,
  };
}

export class FakeRas implements RasApi {
  readonly name = 'simulated';
  readonly calls = new ApiCalls();
  connections: readonly FakeConnection[] = [];
  entries: readonly ReturnType<typeof entry>[] = [];
  /** Phone books that are read by their path only, e.g. in the profile of another user. */
  readonly foreign = new Set<string>();
  readonly statistics = new Map<bigint, RasStatistics>();
  readonly projections = new Map<bigint, RasProjection>();
  devices: readonly RasDevice[] = [];
  /** Return values other than 0, by function, or by function and handle (`RasGetConnectStatusW 4097`). */
  readonly returns = new Map<string, number>();
  /** Functions that do not return, by the same keys; removing one lets its calls return. */
  readonly hangs = new Set<string>();
  readonly #lane = new Lane();
  readonly #held: (() => void)[] = [];

  get hanging(): boolean {
    return this.#lane.hanging;
  }

  /** Calls that have not returned. */
  get waiting(): number {
    return this.#held.length;
  }

  /** Lets every call that hangs return. */
  release(): void {
    this.hangs.clear();
    for (const finish of this.#held.splice(0)) finish();
  }

  enumConnections(signal: AbortSignal) {
    return this.#answer('RasEnumConnectionsW', '', signal, () => this.connections);
  }

  async getConnectStatus(handle: bigint, signal: AbortSignal) {
    const key = `RasGetConnectStatusW ${handle}`;
    return this.#answer('RasGetConnectStatusW', key, signal, () =>
      this.returns.get(key) === 6 ? undefined : this.connections.find((held) => held.handle === handle)?.status,
    );
  }

  enumEntries(signal: AbortSignal, phonebookPath?: string) {
    const key = phonebookPath === undefined ? '' : `RasEnumEntriesW ${phonebookPath}`;
    return this.#answer('RasEnumEntriesW', key, signal, () =>
      phonebookPath === undefined
        ? this.entries.filter((held) => !this.foreign.has(held.phonebookPath))
        : this.entries.filter((held) => held.phonebookPath === phonebookPath),
    );
  }

  getEntryProperties(name: RasEntryName, signal: AbortSignal): Promise<RasEntryProperties> {
    return this.#answer('RasGetEntryPropertiesW', `RasGetEntryPropertiesW ${name.entry}`, signal, () => {
      const found = this.entries.find((held) => held.entry === name.entry && held.phonebookPath === name.phonebookPath);
      if (found === undefined) throw new Error(`the test knows no entry ${name.entry}`);
      return found;
    });
  }

  getConnectionStatistics(handle: bigint, signal: AbortSignal) {
    const key = `RasGetConnectionStatistics ${handle}`;
    return this.#answer('RasGetConnectionStatistics', key, signal, () => this.statistics.get(handle));
  }

  getProjectionInfo(handle: bigint, signal: AbortSignal) {
    const key = `RasGetProjectionInfoEx ${handle}`;
    return this.#answer('RasGetProjectionInfoEx', key, signal, () => this.projections.get(handle));
  }

  enumDevices(signal: AbortSignal) {
    return this.#answer('RasEnumDevicesW', '', signal, () => this.devices);
  }

  getErrorString(code: number, signal: AbortSignal) {
    return this.#answer('RasGetErrorStringW', '', signal, () => `text of ${code}`);
  }

  async #answer<T>(name: RasFunction, key: string, signal: AbortSignal, answer: () => T): Promise<T> {
    await this.#lane.run<number>(
      name,
      (done) => {
        if (this.hangs.has(name) || this.hangs.has(key)) this.#held.push(() => done(null, 0));
        else done(null, 0);
      },
      signal,
    );
    const returned = this.returns.get(key) ?? this.returns.get(name) ?? 0;
    this.calls.record(name, returned === 6 ? 0 : returned);
    if (returned !== 0 && returned !== 6) throw new CallError(name, returned);
    return answer();
  }
}
