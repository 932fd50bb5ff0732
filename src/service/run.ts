/**
 * `ras_exporter service run`: what the service control manager starts.
 *
 * Why it could not start, or crashed, goes to the event log, whatever the configuration says of the log: nobody sees the standard
 * error of a service. One that could not start reports that it has stopped, with its exit code, and is left alone; one that
 * crashed does not, and is started again.
 */
import { exitCodeOf, type Host, problemsOf } from '../commands/host.ts';
import { endOnCrash, leave } from '../leave.ts';
import { type LogFields, openLogger } from '../logging/logger.ts';
import { CallError } from '../ras/call-errors.ts';
import { type Control, connectService, type ServiceConnection } from './connection.ts';
import { SERVICE_DEFAULTS } from './defaults.ts';
import { ERROR_FAILED_SERVICE_CONTROLLER_CONNECT } from './prototypes.ts';
import type { ServiceStatus } from './status.ts';

/** Milliseconds that the event log has for the last line. */
const LOG_GRACE = 500;

/** Milliseconds that the service control manager has for the last status: requests in flight and the log had 4.5 s. */
const LAST_GRACE = 400;

/**
 * Threads of libuv's pool, each of which a call into Windows may hold: the dispatcher, rasapi32, wevtapi, the service control
 * manager, the event log that is written; and one for everything else.
 */
const NEEDED_THREADS = 6;
const DEFAULT_THREADS = 4;

/**
 * Runs an exporter as a service.
 *
 * @param start starts it, as in a terminal
 * @throws Error when it was not the service control manager that started the process
 */
export async function runAsService(start: (host: Host) => Promise<void>): Promise<void> {
  let stop: ((reason: LogFields) => void) | undefined;
  let tellOfCrash: (crash: Error) => Promise<void> = async () => {};
  // Before the dispatcher, which holds a thread for which Node.js would wait.
  endOnCrash(async (crash) => {
    const fields = { err: crash.message, stack: crash.stack };
    await Promise.all([tellOfCrash(crash), intoEventLog('Crashed', fields, LOG_GRACE)]);
  });
  const service = new Service(await connected((control) => stop?.({ control })));
  await service.tell({ state: 'start_pending' });
  let hasStarted = false;
  try {
    await start({
      defaults: SERVICE_DEFAULTS,
      complaints: 'eventlog',
      onStop(call) {
        stop = call;
      },
      started(log) {
        hasStarted = true;
        void service.tell({ state: 'running' });
        const threads = Number(process.env.UV_THREADPOOL_SIZE ?? DEFAULT_THREADS);
        if (threads < NEEDED_THREADS) {
          log.warn('UV_THREADPOOL_SIZE is too small: calls that hang could stop everything', {
            threads,
            needed: NEEDED_THREADS,
          });
        }
      },
      onCrash(tell) {
        tellOfCrash = tell;
      },
      // It ends as soon as that is reported.
      failedHanging() {},
      end: (code) => service.end(code),
    });
    if (!hasStarted) throw new Error('the exporter has ended before it listened');
  } catch (error) {
    await intoEventLog('Cannot start', { err: problemsOf(error).join('; ') }, LOG_GRACE);
    await service.end(exitCodeOf(error));
  }
}

/** @throws Error with what to do instead */
async function connected(onControl: (control: Control) => void): Promise<ServiceConnection> {
  try {
    return await connectService(onControl);
  } catch (error) {
    if (!(error instanceof CallError && error.code === ERROR_FAILED_SERVICE_CONTROLLER_CONNECT)) throw error;
    throw new Error(
      'service run is for the service control manager: run ras_exporter without it, or install the service (ras_exporter service install)',
      { cause: error },
    );
  }
}

class Service {
  readonly #connection: ServiceConnection;

  constructor(connection: ServiceConnection) {
    this.#connection = connection;
  }

  /** Where the service control manager does not listen, the exporter goes on. */
  async tell(status: ServiceStatus, timeout?: number): Promise<void> {
    await this.#connection.report(status, timeout).catch(() => {});
  }

  /** Stops, and ends the process: the dispatcher, which may not have returned yet, holds a thread. */
  async end(exitCode: number): Promise<void> {
    await this.tell({ state: 'stopped', exitCode }, LAST_GRACE);
    await leave(exitCode, true);
  }
}

/** A record of its own: there may be no log yet, or one that goes elsewhere. */
async function intoEventLog(message: string, fields: LogFields, grace: number): Promise<void> {
  const log = openLogger({ level: 'info', format: 'logfmt', file: 'eventlog' });
  log.error(message, fields);
  await log.close(grace);
}
