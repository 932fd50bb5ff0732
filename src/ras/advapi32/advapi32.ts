/**
 * `ServiceManager` on Windows: the calls into advapi32.dll.
 *
 * One look at a service is one job of the lane, from opening the service control manager to closing its handle. When nobody
 * waits for it any more, the job makes no further look, and still closes what it has opened: a handle that comes back late is
 * not lost.
 */
import { BadAnswer, CallError } from '../call-errors.ts';
import { type Argument, type AsyncCall, Library } from '../dll/library.ts';
import { StructReader } from '../dll/read.ts';
import { systemDll } from '../dll/system-dll.ts';
import { Lane, type StartCall } from '../lane.ts';
import { type ServiceManager, type ServiceState, serviceStateOf } from '../service-manager.ts';
import {
  PROTOTYPES,
  SC_MANAGER_CONNECT,
  SC_STATUS_PROCESS_INFO,
  SERVICE_QUERY_STATUS,
  type ServiceFunction,
} from './prototypes.ts';
import { SERVICE_STATUS_PROCESS } from './structs.ts';

const ERROR_SERVICE_DOES_NOT_EXIST = 1060;

export interface Advapi32Options {
  /** Path of the DLL; default `advapi32.dll` in the system directory of Windows. */
  readonly path?: string;
}

/** Makes the API. Nothing is loaded before the first call. */
export function openAdvapi32({ path }: Advapi32Options = {}): Advapi32 {
  return new Advapi32(
    new Library(PROTOTYPES, path === undefined ? (koffi) => systemDll(koffi, 'advapi32.dll') : () => path),
  );
}

/** What a function returned, and GetLastError when that was NULL or FALSE. */
interface Returned {
  readonly value: bigint;
  readonly error: number;
}

/** Calls a function; never rejects but for a call that could not be made at all. */
type Ask = (name: ServiceFunction, ...args: readonly Argument[]) => Promise<Returned>;

export class Advapi32 implements ServiceManager {
  readonly #library: Library<ServiceFunction>;
  readonly #lane = new Lane();

  constructor(library: Library<ServiceFunction>) {
    this.#library = library;
  }

  get hanging(): boolean {
    return this.#lane.busy;
  }

  /** The functions that were bound so far. */
  get bound(): readonly ServiceFunction[] {
    return this.#library.bound;
  }

  async queryState(service: string, signal: AbortSignal): Promise<ServiceState> {
    // All of them before the first call: what is opened can be closed.
    const calls: Readonly<Record<ServiceFunction, AsyncCall>> = {
      OpenSCManagerW: await this.#library.bind('OpenSCManagerW'),
      OpenServiceW: await this.#library.bind('OpenServiceW'),
      QueryServiceStatusEx: await this.#library.bind('QueryServiceStatusEx'),
      CloseServiceHandle: await this.#library.bind('CloseServiceHandle'),
    };
    const job: StartCall<ServiceState> = (done, calling) => {
      const ask: Ask = (name, ...args) => {
        calling(name);
        return this.#ask(calls[name], args);
      };
      void report(look(ask, service, signal), done);
    };
    return this.#lane.run('OpenSCManagerW', job, signal);
  }

  #ask(call: AsyncCall, args: readonly Argument[]): Promise<Returned> {
    return new Promise((resolve, reject) => {
      call(args, (error, returned) => {
        if (error instanceof Error) reject(error);
        else resolve({ value: BigInt(returned), error: this.#library.lastError() });
      });
    });
  }
}

/** Tells the lane how a look ended; it takes no notice of a state beside an error. */
async function report(looking: Promise<ServiceState>, done: Parameters<StartCall<ServiceState>>[0]): Promise<void> {
  let state: ServiceState = 'absent';
  let error: Error | undefined;
  try {
    state = await looking;
  } catch (thrown) {
    error = errorOf(thrown);
  }
  done(error, state);
}

function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** Opens, asks, closes. @throws CallError, BadAnswer */
async function look(ask: Ask, service: string, signal: AbortSignal): Promise<ServiceState> {
  const manager = await ask('OpenSCManagerW', null, null, SC_MANAGER_CONNECT);
  if (manager.value === 0n) throw new CallError('OpenSCManagerW', manager.error);
  return closing(ask, manager.value, async () => {
    signal.throwIfAborted();
    const opened = await ask('OpenServiceW', manager.value, service, SERVICE_QUERY_STATUS);
    if (opened.value === 0n) {
      if (opened.error === ERROR_SERVICE_DOES_NOT_EXIST) return 'absent';
      throw new CallError('OpenServiceW', opened.error);
    }
    return closing(ask, opened.value, () => {
      signal.throwIfAborted();
      return query(ask, opened.value);
    });
  });
}

/** Closes the handle however `use` ends. */
async function closing<T>(ask: Ask, handle: bigint, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } finally {
    // A handle that cannot be closed is nothing that could be helped; what was learnt stands.
    await ask('CloseServiceHandle', handle);
  }
}

async function query(ask: Ask, handle: bigint): Promise<ServiceState> {
  const name = 'QueryServiceStatusEx';
  const { size, fields } = SERVICE_STATUS_PROCESS;
  const status = Buffer.alloc(size);
  const { value, error } = await ask(name, handle, SC_STATUS_PROCESS_INFO, status, size, Buffer.alloc(4));
  if (value === 0n) throw new CallError(name, error);
  const code = new StructReader(status, 0, size).dword(fields.dwCurrentState);
  const state = serviceStateOf(code);
  if (state !== undefined) return state;
  throw new BadAnswer(name, `${name} reported success and an unknown state, ${code}`);
}
