/**
 * A process as a service: the connection to the service control manager.
 *
 * The dispatcher does not return before the service has stopped: it holds one thread of libuv's pool. From there Windows calls
 * back into the thread of JavaScript, and waits; so little is done there.
 */
import { CallError } from '../ras/call-errors.ts';
import { type Koffi, loadKoffi } from '../ras/dll/koffi.ts';
import { callInLane } from '../ras/dll/lane-call.ts';
import { type Argument, Library } from '../ras/dll/library.ts';
import { systemDll } from '../ras/dll/system-dll.ts';
import { Lane } from '../ras/lane.ts';
import { SERVICE_NAME } from './name.ts';
import {
  ERROR_CALL_NOT_IMPLEMENTED,
  RUN_PROTOTYPES,
  type RunFunction,
  SERVICE_CONTROL_INTERROGATE,
  SERVICE_CONTROL_SHUTDOWN,
  SERVICE_CONTROL_STOP,
} from './prototypes.ts';
import { type ServiceStatus, serviceStatus } from './status.ts';

/** What the service control manager tells a service to do. */
export type Control = 'stop' | 'shutdown';

const CONTROLS: ReadonlyMap<number, Control> = new Map([
  [SERVICE_CONTROL_STOP, 'stop'],
  [SERVICE_CONTROL_SHUTDOWN, 'shutdown'],
]);

/** Milliseconds after which the service control manager counts as hanging. It has much to do when Windows starts. */
const TIMEOUT = 30_000;

export interface ConnectionOptions {
  /** Path of the DLL; default `advapi32.dll` in the system directory of Windows. */
  readonly path?: string;
}

/** A service that was started. */
export interface ServiceConnection {
  /**
   * SetServiceStatus.
   *
   * @param timeout milliseconds
   * @throws CallError, CallTimeout
   */
  report(status: ServiceStatus, timeout?: number): Promise<void>;
  /** Settles when the dispatcher has returned: whoever sent the last control has its answer then. */
  readonly over: Promise<void>;
}

/**
 * Connects this process to the service control manager that has started it.
 *
 * @param onControl is called when the service shall stop; that it has begun to is reported
 * @throws CallError 1063 (ERROR_FAILED_SERVICE_CONTROLLER_CONNECT) when it was not started by it; FunctionMissing
 */
export async function connectService(
  onControl: (control: Control) => void,
  { path }: ConnectionOptions = {},
): Promise<ServiceConnection> {
  const library = new Library<RunFunction>(RUN_PROTOTYPES, (koffi) => path ?? systemDll(koffi, 'advapi32.dll'));
  const lane = new Lane();
  const call = async (name: RunFunction, signal: AbortSignal, ...args: readonly Argument[]): Promise<bigint> => {
    const { value, lastError } = await callInLane(library, lane, signal, name, args);
    if (value === 0n) throw new CallError(name, lastError);
    return value;
  };
  const { over } = await dispatch(library);
  // Bound by now: nothing can be awaited in a handler.
  await library.bind('SetServiceStatus');
  let handle = 0n;
  const onStop = (control: Control) => {
    // Before the handler returns: who has asked looks whether the service has begun to stop.
    library.callNow('SetServiceStatus', handle, serviceStatus({ state: 'stop_pending' }));
    setImmediate(onControl, control);
  };
  const name = 'RegisterServiceCtrlHandlerExW';
  handle = await call(name, AbortSignal.timeout(TIMEOUT), SERVICE_NAME, await handler(onStop), null);
  return {
    over,
    async report(status, timeout = TIMEOUT) {
      await call('SetServiceStatus', AbortSignal.timeout(timeout), handle, serviceStatus(status));
    },
  };
}

/**
 * StartServiceCtrlDispatcherW, in no lane, since it does not return while the service runs.
 *
 * @returns when Windows has called the main function of the service: what settles when the service has stopped
 * @throws CallError when it does not
 */
async function dispatch(library: Library<RunFunction>): Promise<Pick<ServiceConnection, 'over'>> {
  const name = 'StartServiceCtrlDispatcherW';
  const call = await library.bind(name);
  const koffi = await loadKoffi();
  const over = Promise.withResolvers<void>();
  await new Promise<void>((started, failed) => {
    call([serviceTable(koffi, started)], (error, returned) => {
      if (error) failed(error);
      else if (BigInt(returned) === 0n) failed(new CallError(name, library.lastError()));
      over.resolve();
    });
  });
  return { over: over.promise };
}

const POINTER = 8;
const NAME = Buffer.from(`${SERVICE_NAME}\0`, 'utf16le');

/** SERVICE_TABLE_ENTRYW[2]: name and main function (LPSERVICE_MAIN_FUNCTIONW) of the service, and the end. */
function serviceTable(koffi: Koffi, main: () => void): Buffer {
  const type = koffi.proto('__stdcall', null, 'void', ['uint32', 'void *']);
  const table = Buffer.alloc(4 * POINTER);
  table.writeBigUInt64LE(koffi.address(NAME), 0);
  table.writeBigUInt64LE(koffi.register(main, koffi.pointer(type)), POINTER);
  return table;
}

/** LPHANDLER_FUNCTION_EX. */
async function handler(onStop: (control: Control) => void): Promise<bigint> {
  const koffi = await loadKoffi();
  const parameters = ['uint32', 'uint32', 'void *', 'void *'];
  const type = koffi.proto('__stdcall', null, 'uint32', parameters);
  const answer = (code: number) => {
    const control = CONTROLS.get(code);
    if (control !== undefined) onStop(control);
    return control !== undefined || code === SERVICE_CONTROL_INTERROGATE ? 0 : ERROR_CALL_NOT_IMPLEMENTED;
  };
  return koffi.register(answer, koffi.pointer(type));
}
