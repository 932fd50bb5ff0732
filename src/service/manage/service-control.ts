/**
 * Calls into the service control manager and the registry, one after the other. One that does not return costs a deadline, and the
 * command ends with a message.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { SC_STATUS_PROCESS_INFO } from '../../ras/advapi32/prototypes.ts';
import { SERVICE_STATUS_PROCESS } from '../../ras/advapi32/structs.ts';
import { CallError } from '../../ras/call-errors.ts';
import { callInLane, type Returned } from '../../ras/dll/lane-call.ts';
import { type Argument, Library } from '../../ras/dll/library.ts';
import { StructReader } from '../../ras/dll/read.ts';
import { systemDll } from '../../ras/dll/system-dll.ts';
import { Lane } from '../../ras/lane.ts';
import { type ServiceState, serviceStateOf } from '../../ras/service-manager.ts';
import { SERVICE_NAME } from '../name.ts';
import * as win from './prototypes.ts';
import { MANAGE_PROTOTYPES, type ManageFunction, type RegistryFunction, type ServiceFunction } from './prototypes.ts';

/** Milliseconds after which a call counts as hanging: Windows itself gives the start of a service half a minute. */
const CALL_TIMEOUT = 60_000;

/**
 * Milliseconds between two looks at a service that starts or stops, and after which it should have. A start waits a minute for an
 * address.
 */
const LOOK_INTERVAL = 100;
const CHANGE_TIMEOUT = 90_000;

export interface ServiceControlOptions {
  /** Path of the DLL; default `advapi32.dll` in the system directory of Windows. */
  readonly path?: string;
  /** Milliseconds that a call has. */
  readonly callTimeout?: number;
  /** Milliseconds that a service has to start or stop. */
  readonly changeTimeout?: number;
}

/** What QueryServiceStatusEx says. */
export interface ProcessStatus {
  readonly state: ServiceState;
  readonly pid: number;
  /** Win32 exit code of a service that has stopped; 1066: see `specificCode`. */
  readonly exitCode: number;
  readonly specificCode: number;
}

export class ServiceControl {
  readonly #library: Library<ManageFunction>;
  readonly #lane = new Lane();
  readonly #callTimeout: number;
  readonly #changeTimeout: number;

  constructor({ path, callTimeout = CALL_TIMEOUT, changeTimeout = CHANGE_TIMEOUT }: ServiceControlOptions = {}) {
    this.#library = new Library(MANAGE_PROTOTYPES, (koffi) => path ?? systemDll(koffi, 'advapi32.dll'));
    this.#callTimeout = callTimeout;
    this.#changeTimeout = changeTimeout;
  }

  /** True while a call has not returned; the process must then not end through `process.exit`. */
  get hanging(): boolean {
    return this.#lane.busy;
  }

  /** Where a buffer lies, for structures that point into themselves; only after a call. */
  readonly addressOf = (buffer: Buffer): bigint => this.#library.address(buffer);

  /** @throws CallError with GetLastError, CallTimeout, FunctionMissing */
  async call(name: ServiceFunction, ...args: readonly Argument[]): Promise<bigint> {
    const { value, lastError } = await this.#run(name, args);
    if (value === 0n) throw new CallError(name, lastError);
    return value;
  }

  /** @throws CallError with what the function returned, CallTimeout, FunctionMissing */
  async registry(name: RegistryFunction, ...args: readonly Argument[]): Promise<void> {
    const { value } = await this.#run(name, args);
    if (value !== 0n) throw new CallError(name, Number(value));
  }

  /** Opens the service control manager while `use` runs. */
  withManager<T>(access: number, use: (manager: bigint) => Promise<T>): Promise<T> {
    return this.closing(() => this.call('OpenSCManagerW', null, null, access), use);
  }

  /** Opens the service while `use` runs. @throws CallError 1060 when there is none */
  withService<T>(access: number, use: (service: bigint) => Promise<T>): Promise<T> {
    return this.withManager(win.SC_MANAGER_CONNECT, (manager) =>
      this.closing(() => this.call('OpenServiceW', manager, SERVICE_NAME, access), use),
    );
  }

  /** Closes a handle however `use` ends. */
  async closing<T>(open: () => Promise<bigint>, use: (handle: bigint) => Promise<T>): Promise<T> {
    const handle = await open();
    try {
      return await use(handle);
    } finally {
      // A handle that cannot be closed is nothing that could be helped, and ends with the process.
      await this.#run('CloseServiceHandle', [handle]).catch(() => {});
    }
  }

  /** @param service a handle with SERVICE_QUERY_STATUS */
  async status(service: bigint): Promise<ProcessStatus> {
    const { size, fields } = SERVICE_STATUS_PROCESS;
    const bytes = Buffer.alloc(size);
    await this.call('QueryServiceStatusEx', service, SC_STATUS_PROCESS_INFO, bytes, size, Buffer.alloc(4));
    const reader = new StructReader(bytes, 0, size);
    const code = reader.dword(fields.dwCurrentState);
    const state = serviceStateOf(code) ?? 'absent';
    return {
      state,
      pid: reader.dword(fields.dwProcessId),
      exitCode: reader.dword(fields.dwWin32ExitCode),
      specificCode: reader.dword(fields.dwServiceSpecificExitCode),
    };
  }

  /**
   * Waits until a service has come to a state, and while it is on its way if none is named.
   *
   * @returns where it has come to, or still is after the deadline
   */
  async settled(service: bigint, wanted?: ServiceState): Promise<ProcessStatus> {
    const deadline = performance.now() + this.#changeTimeout;
    for (;;) {
      const status = await this.status(service);
      const isThere = wanted === undefined ? !status.state.endsWith('_pending') : status.state === wanted;
      if (isThere || performance.now() >= deadline) return status;
      await sleep(LOOK_INTERVAL);
    }
  }

  #run(name: ManageFunction, args: readonly Argument[]): Promise<Returned> {
    return callInLane(this.#library, this.#lane, AbortSignal.timeout(this.#callTimeout), name, args);
  }
}
