/** `RasApi` on Windows: the calls into rasapi32.dll, with buffers sized as the functions' protocol asks for. */
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
import { BadAnswer, CallError } from '../call-errors.ts';
import { ApiCalls } from '../calls.ts';
import type { Layout } from '../dll/layout.ts';
import { type Argument, Library } from '../dll/library.ts';
import { StructReader } from '../dll/read.ts';
import { systemDll } from '../dll/system-dll.ts';
import { describeError } from '../errors.ts';
import { Lane, type StartCall } from '../lane.ts';
import { RASEO2_IS_ALWAYS_ON, REN_ALL_USERS } from '../states.ts';
import { enumerate } from './enumerate.ts';
import { projectionOf } from './projection.ts';
import { PROTOTYPES } from './prototypes.ts';
import {
  pointerSize,
  RAS_PROJECTION_INFO,
  RAS_STATS,
  RASCONNSTATUSW,
  RASDEVINFOW,
  RASENTRYNAMEW,
  RASENTRYW,
  rasConnW,
} from './structs.ts';
import { Versions } from './versions.ts';

const ERROR_INVALID_HANDLE = 6;
const ERROR_BUFFER_TOO_SMALL = 603;
const ERROR_NO_CONNECTION = 668;
const ERROR_PROJECTION_NOT_COMPLETE = 730;
const ERROR_PROTOCOL_NOT_CONFIGURED = 731;

/** Room behind RASENTRYW for the alternate phone numbers, which most entries do not have. */
const ALTERNATE_NUMBERS = 2048;

/** What a DWORD holds before Windows writes it: no state, error or option has this value. */
const UNWRITTEN = 0xffff_ffff;

const RASCONNW = rasConnW(pointerSize());

/** What RAS_PROJECTION_INFO.version is set to: the only version there is. */
const RASAPIVERSION_601 = 4;

/** Room behind RAS_PROJECTION_INFO for the lists of server addresses. */
const SERVER_ADDRESSES = 512;

export interface Rasapi32Options {
  /** Path of the DLL; default `rasapi32.dll` in the system directory of Windows. */
  readonly path?: string;
}

/** Makes the API. Nothing is loaded before the first call. */
export function openRasapi32({ path }: Rasapi32Options = {}): Rasapi32 {
  return new Rasapi32(
    new Library(PROTOTYPES, path === undefined ? (koffi) => systemDll(koffi, 'rasapi32.dll') : () => path),
  );
}

export class Rasapi32 implements RasApi {
  readonly name = 'rasapi32';
  readonly calls = new ApiCalls();
  readonly #library: Library<RasFunction>;
  readonly #lane = new Lane();
  readonly #versions = new Versions();

  constructor(library: Library<RasFunction>) {
    this.#library = library;
  }

  get hanging(): boolean {
    return this.#lane.busy;
  }

  /** The functions that were bound so far. */
  get bound(): readonly RasFunction[] {
    return this.#library.bound;
  }

  /**
   * Loads the DLL without calling into it.
   *
   * @throws FunctionMissing
   */
  async load(): Promise<void> {
    await this.#library.bind('RasEnumConnectionsW');
  }

  async enumConnections(signal: AbortSignal): Promise<readonly RasConnection[]> {
    const { fields } = RASCONNW;
    const elements = await this.#enumerate(RASCONNW, 'RasEnumConnectionsW', [], signal);
    // A count that is too high shows elements that nobody wrote.
    const written = elements.filter((element) => element.handle(fields.hrasconn) !== 0n);
    return written.map((element) => ({
      handle: element.handle(fields.hrasconn),
      entry: element.text(fields.szEntryName),
      deviceType: element.text(fields.szDeviceType),
      deviceName: element.text(fields.szDeviceName),
      phonebookPath: element.text(fields.szPhonebook),
      subEntry: element.dword(fields.dwSubEntry),
      entryId: element.guid(fields.guidEntry),
      flags: element.dword(fields.dwFlags),
      correlationId: element.guid(fields.guidCorrelationId),
    }));
  }

  async getConnectStatus(handle: bigint, signal: AbortSignal): Promise<RasConnectionStatus | undefined> {
    const name = 'RasGetConnectStatusW';
    const { fields } = RASCONNSTATUSW;
    const answer = await this.#fill(RASCONNSTATUSW, name, 0, (buffer) => [handle, buffer], signal, {
      unwritten: [fields.rasconnstate.offset, fields.dwError.offset],
      expected: [ERROR_INVALID_HANDLE],
    });
    if (answer === ERROR_INVALID_HANDLE) return undefined;
    return {
      state: answer.dword(fields.rasconnstate),
      substate: answer.dword(fields.rasconnsubstate),
      error: answer.dword(fields.dwError),
      deviceType: answer.text(fields.szDeviceType),
      deviceName: answer.text(fields.szDeviceName),
      phoneNumber: answer.text(fields.szPhoneNumber),
    };
  }

  async enumEntries(signal: AbortSignal, phonebookPath?: string): Promise<readonly RasEntryName[]> {
    const { fields } = RASENTRYNAMEW;
    const before = [null, phonebookPath ?? null];
    const elements = await this.#enumerate(RASENTRYNAMEW, 'RasEnumEntriesW', before, signal);
    return elements
      .map((element) => ({
        entry: element.text(fields.szEntryName),
        // The file that was asked for, however Windows calls it.
        phonebookPath: phonebookPath ?? element.text(fields.szPhonebookPath),
        allUsers: (element.dword(fields.dwFlags) & REN_ALL_USERS) !== 0,
      }))
      .filter(({ entry }) => entry !== '');
  }

  async getEntryProperties({ entry, phonebookPath }: RasEntryName, signal: AbortSignal): Promise<RasEntryProperties> {
    const name = 'RasGetEntryPropertiesW';
    const { fields } = RASENTRYW;
    const phonebook = phonebookPath === '' ? null : phonebookPath;
    const size = Buffer.alloc(4);
    const args = (buffer: Buffer): Argument[] => {
      size.writeUInt32LE(buffer.length);
      return [phonebook, entry, buffer, size, null, null];
    };
    const answer = await this.#fill(RASENTRYW, name, ALTERNATE_NUMBERS, args, signal, {
      unwritten: [fields.dwType.offset, fields.dwfOptions2.offset],
      expected: [],
      needed: () => size.readUInt32LE(),
    });
    return {
      alwaysOn: (answer.dword(fields.dwfOptions2) & RASEO2_IS_ALWAYS_ON) !== 0,
      server: answer.text(fields.szLocalPhoneNumber),
      deviceType: answer.text(fields.szDeviceType),
      deviceName: answer.text(fields.szDeviceName),
      entryId: answer.guid(fields.guidId),
      type: answer.dword(fields.dwType),
      vpnStrategy: answer.dword(fields.dwVpnStrategy),
      encryption: answer.dword(fields.dwEncryptionType),
    };
  }

  async getConnectionStatistics(handle: bigint, signal: AbortSignal): Promise<RasStatistics | undefined> {
    const name = 'RasGetConnectionStatistics';
    const { fields } = RAS_STATS;
    const answer = await this.#fill(RAS_STATS, name, 0, (buffer) => [handle, buffer], signal, {
      unwritten: [fields.dwBytesXmited.offset, fields.dwConnectDuration.offset],
      expected: [ERROR_INVALID_HANDLE, ERROR_NO_CONNECTION],
    });
    if (typeof answer === 'number') return undefined;
    return {
      bytesTransmitted: answer.dword(fields.dwBytesXmited),
      bytesReceived: answer.dword(fields.dwBytesRcved),
      framesTransmitted: answer.dword(fields.dwFramesXmited),
      framesReceived: answer.dword(fields.dwFramesRcved),
      crcErrors: answer.dword(fields.dwCrcErr),
      timeoutErrors: answer.dword(fields.dwTimeoutErr),
      alignmentErrors: answer.dword(fields.dwAlignmentErr),
      hardwareOverrunErrors: answer.dword(fields.dwHardwareOverrunErr),
      framingErrors: answer.dword(fields.dwFramingErr),
      bufferOverrunErrors: answer.dword(fields.dwBufferOverrunErr),
      compressionIn: answer.dword(fields.dwCompressionRatioIn),
      compressionOut: answer.dword(fields.dwCompressionRatioOut),
      bitsPerSecond: answer.dword(fields.dwBps),
      connectDuration: answer.dword(fields.dwConnectDuration),
    };
  }

  async getProjectionInfo(handle: bigint, signal: AbortSignal): Promise<RasProjection | undefined> {
    const name = 'RasGetProjectionInfoEx';
    const { fields } = RAS_PROJECTION_INFO;
    const size = Buffer.alloc(4);
    const args = (buffer: Buffer): Argument[] => {
      size.writeUInt32LE(buffer.length);
      return [handle, buffer, size];
    };
    const answer = await this.#fill(RAS_PROJECTION_INFO, name, SERVER_ADDRESSES, args, signal, {
      unwritten: [fields.type.offset],
      expected: [
        ERROR_INVALID_HANDLE,
        ERROR_NO_CONNECTION,
        ERROR_PROJECTION_NOT_COMPLETE,
        ERROR_PROTOCOL_NOT_CONFIGURED,
      ],
      needed: () => size.readUInt32LE(),
      head: RASAPIVERSION_601,
    });
    if (typeof answer === 'number') return undefined;
    const type = answer.dword(fields.type);
    const projection = projectionOf(type, answer.part(fields.projection));
    if (projection !== undefined) return projection;
    throw new BadAnswer(name, `${name} reported success and an unknown type of projection, ${type}`);
  }

  async enumDevices(signal: AbortSignal): Promise<readonly RasDevice[]> {
    const { fields } = RASDEVINFOW;
    const elements = await this.#enumerate(RASDEVINFOW, 'RasEnumDevicesW', [], signal);
    return elements
      .map((element) => ({
        deviceType: element.text(fields.szDeviceType),
        deviceName: element.text(fields.szDeviceName),
      }))
      .filter(({ deviceType, deviceName }) => deviceType !== '' || deviceName !== '');
  }

  async getErrorString(code: number, signal: AbortSignal): Promise<string> {
    const name = 'RasGetErrorStringW';
    const characters = 512;
    const buffer = Buffer.alloc(2 * characters);
    const returned = await this.#call(name, [code, buffer, characters], signal);
    this.calls.record(name, returned);
    if (returned !== 0) throw new CallError(name, returned);
    const text = new StructReader(buffer, 0, buffer.length).text({ offset: 0, size: buffer.length }).trim();
    return text === '' ? describeError(code).name : text;
  }

  /** The elements of an enumeration; `before` are the arguments that precede buffer, size and count. */
  async #enumerate(
    struct: Layout,
    name: RasFunction,
    before: readonly Argument[],
    signal: AbortSignal,
  ): Promise<StructReader[]> {
    const attempt = async (size: number) => {
      let made = 0;
      const call = (buffer: Buffer, bytes: Buffer, count: Buffer) => {
        // The call before this one said that the array was too small.
        if (made > 0) this.calls.record(name, 0);
        made += 1;
        return this.#call(name, [...before, buffer, bytes, count], signal, ERROR_BUFFER_TOO_SMALL);
      };
      return { ...(await enumerate(call, size)), size };
    };
    const outcome = await this.#versions.negotiate(struct, attempt, () => this.calls.record(name, 0));
    const { returned, buffer, count, size } = outcome;
    this.calls.record(name, returned);
    if (returned !== 0) throw new CallError(name, returned);
    return Array.from({ length: count }, (_, index) => new StructReader(buffer, index * size, size));
  }

  /** One structure that Windows fills in; the return value when it is one of `expected`. */
  async #fill<E extends number>(
    struct: Layout,
    name: RasFunction,
    room: number,
    args: (buffer: Buffer) => readonly Argument[],
    signal: AbortSignal,
    { unwritten, expected, needed, head }: FillOptions<E>,
  ): Promise<StructReader | E> {
    const protocols = needed === undefined ? expected : [...expected, ERROR_BUFFER_TOO_SMALL];
    const attempt = async (size: number) => {
      let extra = room;
      for (let grown = 0; ; grown += 1) {
        const buffer = Buffer.alloc(size + extra);
        buffer.writeUInt32LE(head ?? size);
        for (const offset of unwritten) buffer.writeUInt32LE(UNWRITTEN, offset);
        const returned = await this.#call(name, args(buffer), signal, ...protocols);
        const tooSmall = returned === ERROR_BUFFER_TOO_SMALL && needed !== undefined;
        if (!tooSmall || grown === MAX_GROWTHS) return { returned, buffer, size };
        this.calls.record(name, 0);
        extra = Math.min(Math.max(needed() - size, 2 * extra), MAX_ROOM);
      }
    };
    const outcome = await this.#versions.negotiate(struct, attempt, () => this.calls.record(name, 0));
    const { returned, buffer, size } = outcome;
    const protocol = expected.find((code) => code === returned);
    this.calls.record(name, protocol === undefined ? returned : 0);
    if (protocol !== undefined) return protocol;
    if (returned !== 0) throw new CallError(name, returned);
    if (unwritten.every((offset) => buffer.readUInt32LE(offset) === UNWRITTEN)) {
      throw new BadAnswer(name, `${name} reported success and wrote nothing`);
    }
    return new StructReader(buffer, 0, size);
  }

  /** One call; its return value is left to the caller to record, unless it comes when nobody waits for it any more. */
  async #call(
    name: RasFunction,
    args: readonly Argument[],
    signal: AbortSignal,
    ...protocol: readonly number[]
  ): Promise<number> {
    const call = await this.#library.bind(name);
    const start: StartCall<number> = (done) =>
      call(args, (error, answer) => {
        const returned = Number(answer);
        if (signal.aborted) this.calls.record(name, protocol.includes(returned) ? 0 : returned);
        done(error, returned);
      });
    return this.#lane.run(name, start, signal);
  }
}

/** Enough for a buffer that doubles from the first guess to `MAX_ROOM`. */
const MAX_GROWTHS = 8;
const MAX_ROOM = 256 * 1024;

interface FillOptions<E extends number> {
  /** Offsets of DWORDs that Windows always writes. */
  readonly unwritten: readonly number[];
  /** Return values that are answers. */
  readonly expected: readonly E[];
  /** The first DWORD of the structure; default its size. */
  readonly head?: number;
  /** The bytes that the function said it needs. */
  readonly needed?: () => number;
}
