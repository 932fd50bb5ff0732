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
import { type Argument, Library } from '../dll/library.ts';
import { StructReader } from '../dll/read.ts';
import { systemDll } from '../dll/system-dll.ts';
import { describeError } from '../errors.ts';
import { RASEO2_IS_ALWAYS_ON, REN_ALL_USERS } from '../states.ts';
import { Caller } from './caller.ts';
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

const ERROR_INVALID_HANDLE = 6;
const ERROR_NO_CONNECTION = 668;
const ERROR_PROJECTION_NOT_COMPLETE = 730;
const ERROR_PROTOCOL_NOT_CONFIGURED = 731;

/** Room behind RASENTRYW for the alternate phone numbers, which most entries do not have. */
const ALTERNATE_NUMBERS = 2048;

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
  readonly #caller: Caller;

  constructor(library: Library<RasFunction>) {
    this.#library = library;
    this.#caller = new Caller(library, this.calls);
  }

  get hanging(): boolean {
    return this.#caller.busy;
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
    const elements = await this.#caller.enumerate(RASCONNW, 'RasEnumConnectionsW', [], signal);
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
    const answer = await this.#caller.fill(RASCONNSTATUSW, name, 0, (buffer) => [handle, buffer], signal, {
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
    const elements = await this.#caller.enumerate(RASENTRYNAMEW, 'RasEnumEntriesW', before, signal);
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
    const answer = await this.#caller.fill(RASENTRYW, name, ALTERNATE_NUMBERS, args, signal, {
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
    const answer = await this.#caller.fill(RAS_STATS, name, 0, (buffer) => [handle, buffer], signal, {
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
    const answer = await this.#caller.fill(RAS_PROJECTION_INFO, name, SERVER_ADDRESSES, args, signal, {
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
    const elements = await this.#caller.enumerate(RASDEVINFOW, 'RasEnumDevicesW', [], signal);
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
    const returned = await this.#caller.call(name, [code, buffer, characters], signal);
    this.calls.record(name, returned);
    if (returned !== 0) throw new CallError(name, returned);
    const text = new StructReader(buffer, 0, buffer.length).text({ offset: 0, size: buffer.length }).trim();
    return text === '' ? describeError(code).name : text;
  }
}
