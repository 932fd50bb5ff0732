/**
 * A process as a service: the connection to the service control manager.
 *
 * The dispatcher does not return before the service has stopped: it holds one thread of libuv's pool. From there Windows calls
 * back into the thread of JavaScript, and waits; so nothing is done there but to take a note.
 */
import { CallError } from '../ras/call-errors.ts';
import { loadKoffi } from '../ras/dll/koffi.ts';
import { type Argument, type AsyncCall, Library } from '../ras/dll/library.ts';
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

/** Milliseconds after which the service control manager counts as hanging. */
const REPORT_TIMEOUT = 400;

export interface ConnectionOptions {
  /** Path of the DLL; default `advapi32.dll` in the system directory of Windows. */
  readonly path?: string;
}

/** A service that was started. */
export interface ServiceConnection {
  /**
   * SetServiceStatus.
   *
   * @throws CallError, CallTimeout
   */
  report(status: ServiceStatus): Promise<void>;
}

/**
 * Connects this process to the service control manager that has started it.
 *
 * @param onControl is called when the service shall stop
 * @throws CallError 1063 (ERROR_FAILED_SERVICE_CONTROLLER_CONNECT) when it was not started by it; FunctionMissing
 */
export async function connectService(
  onControl: (control: Control) => void,
  { path }: ConnectionOptions = {},
): Promise<ServiceConnection> {
  const library = new Library<RunFunction>(RUN_PROTOTYPES, (koffi) => path ?? systemDll(koffi, 'advapi32.dll'));
  const [dispatch, register, setStatus] = await Promise.all([
    library.bind('StartServiceCtrlDispatcherW'),
    library.bind('RegisterServiceCtrlHandlerExW'),
    library.bind('SetServiceStatus'),
  ]);
  const call = (name: RunFunction, bound: AsyncCall, ...args: readonly Argument[]) =>
    new Promise<bigint>((resolve, reject) => {
      bound(args, (error, returned) => {
        if (error instanceof Error) reject(error);
        else if (BigInt(returned) === 0n) reject(new CallError(name, library.lastError()));
        else resolve(BigInt(returned));
      });
    });

  await new Promise<void>((started, failed) => {
    void serviceTable(library, started)
      .then((table) => call('StartServiceCtrlDispatcherW', dispatch, table))
      // After the start that is the end of the service, which ends the process by itself.
      .catch(failed);
  });
  const handle = await call('RegisterServiceCtrlHandlerExW', register, SERVICE_NAME, await handler(onControl), null);
  const lane = new Lane();
  return {
    async report(status) {
      const bytes = serviceStatus(status);
      await lane.run<number | bigint>(
        'SetServiceStatus',
        (done) => {
          setStatus([handle, bytes], (error, returned) => {
            const failed = !error && BigInt(returned) === 0n;
            done(failed ? new CallError('SetServiceStatus', library.lastError()) : error, returned);
          });
        },
        AbortSignal.timeout(REPORT_TIMEOUT),
      );
    },
  };
}

/** SERVICE_TABLE_ENTRYW[2]: name and main function of the service, and the end. Both have to last as long as the process. */
async function serviceTable(library: Library<RunFunction>, main: () => void): Promise<Buffer> {
  const koffi = await loadKoffi();
  const type = koffi.proto('__stdcall', 'SERVICE_MAIN_FUNCTIONW', 'void', ['uint32', 'void *']);
  const table = Buffer.alloc(4 * POINTER);
  table.writeBigUInt64LE(library.address(NAME), 0);
  table.writeBigUInt64LE(koffi.register(main, koffi.pointer(type)), POINTER);
  return table;
}

const POINTER = 8;
const NAME = Buffer.from(`${SERVICE_NAME}\0`, 'utf16le');

/** LPHANDLER_FUNCTION_EX: answers at once, and has the work done afterwards. */
async function handler(onControl: (control: Control) => void): Promise<bigint> {
  const koffi = await loadKoffi();
  const parameters = ['uint32', 'uint32', 'void *', 'void *'];
  const type = koffi.proto('__stdcall', 'HANDLER_FUNCTION_EX', 'uint32', parameters);
  const answer = (code: number) => {
    const control = CONTROLS.get(code);
    if (control !== undefined) setImmediate(onControl, control);
    return control !== undefined || code === SERVICE_CONTROL_INTERROGATE ? 0 : ERROR_CALL_NOT_IMPLEMENTED;
  };
  return koffi.register(answer, koffi.pointer(type));
}
