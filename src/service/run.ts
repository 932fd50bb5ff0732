/**
 * `ras_exporter service run`: what the service control manager starts.
 *
 * Why it could not start, or crashed, goes to the event log, whatever the configuration says of the log: nobody sees the standard
 * error of a service. One that could not start reports that it has stopped, with its exit code, and is left alone; one that
 * crashed does not, and is started again, unless it was to stop anyway.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { complain, exitCodeOf, type Host, problemsOf } from '../commands/host.ts';
import { endOnCrash, leave } from '../leave.ts';
import { openEventLogSink } from '../logging/eventlog/eventlog-sink.ts';
import { type LogFields, logInto } from '../logging/logger.ts';
import { CallError } from '../ras/call-errors.ts';
import { type Control, connectService, type ServiceConnection } from './connection.ts';
import { SERVICE_DEFAULTS } from './defaults.ts';
import { ERROR_FAILED_SERVICE_CONTROLLER_CONNECT } from './prototypes.ts';
import type { ServiceStatus } from './status.ts';
import { poolThreads } from './threads.ts';

/** Milliseconds that the event log has for the last line of a service that crashed. */
const LOG_GRACE = 500;

/**
 * Milliseconds that the service control manager has for the last status of a service that was to stop, and to answer who asked
 * for it: requests in flight and the log had 4.5 s.
 */
const LAST_GRACE = 400;

/** The same after a start that failed, each: nobody waits, and while Windows starts both may be slow. Within the time of a start. */
const FAILED_GRACE = 10_000;

/**
 * Threads of libuv's pool, each of which a call into Windows may hold: the dispatcher, rasapi32, wevtapi, the service control
 * manager, the event log that is written; and one for everything else.
 */
const NEEDED_THREADS = 6;
/** The dispatcher, and one for everything else: with less nothing can even be said. */
const LEAST_THREADS = 2;

/** Milliseconds that a start waits for an address that is not there yet, and between two attempts. */
const ADDRESS_PATIENCE = 60_000;
const ADDRESS_INTERVAL = 2000;

export interface ServiceOptions {
  /** Path of advapi32.dll; default: that in the system directory of Windows. */
  readonly path?: string;
}

/**
 * Runs an exporter as a service.
 *
 * @param start starts it, as in a terminal
 * @throws Error when it was not the service control manager that started the process; ConfigError
 */
export async function runAsService(start: (host: Host) => Promise<void>, options: ServiceOptions = {}): Promise<void> {
  let stop: ((reason: LogFields) => void) | undefined;
  let service: Service | undefined;
  let isStopping = false;
  let tellOfCrash: (crash: Error) => Promise<void> = async () => {};
  // Before the dispatcher, which holds a thread for which Node.js would wait.
  endOnCrash(async (crash) => {
    const record = intoEventLog('Crashed', { err: crash.message, stack: crash.stack }, LOG_GRACE, options);
    await Promise.all([tellOfCrash(crash), record]);
    // It is not wanted any more, and must not be started again.
    if (isStopping) await service?.tell({ state: 'stopped', exitCode: 1 }, LAST_GRACE);
  });
  const onControl = (control: Control) => {
    isStopping = true;
    stop?.({ control });
  };
  const connection = await connected(onControl, options);
  if (connection === undefined) return;
  service = new Service(connection);
  await service.tell({ state: 'start_pending' });
  try {
    await startUnder(start, service, {
      onStop(call) {
        stop = call;
      },
      onCrash(tell) {
        tellOfCrash = tell;
      },
    });
  } catch (error) {
    await intoEventLog('Cannot start', { err: problemsOf(error).join('; ') }, FAILED_GRACE, options);
    await service.end(exitCodeOf(error), FAILED_GRACE);
  }
}

/** @throws Error when the exporter does not run then */
async function startUnder(
  start: (host: Host) => Promise<void>,
  service: Service,
  ends: Pick<Host, 'onStop' | 'onCrash'>,
): Promise<void> {
  let hasStarted = false;
  let checkpoint = 1;
  await start({
    ...ends,
    defaults: SERVICE_DEFAULTS,
    complaints: 'eventlog',
    patience: {
      most: ADDRESS_PATIENCE,
      interval: ADDRESS_INTERVAL,
      waiting() {
        checkpoint += 1;
        void service.tell({ state: 'start_pending', checkpoint });
      },
    },
    started(log) {
      hasStarted = true;
      void service.tell({ state: 'running' });
      const threads = poolThreads();
      if (threads < NEEDED_THREADS) {
        log.warn('UV_THREADPOOL_SIZE is too small: calls that hang could stop everything', {
          threads,
          needed: NEEDED_THREADS,
        });
      }
    },
    // It ends as soon as that is reported.
    failedHanging() {},
    end: (code) => service.end(code, LAST_GRACE),
  });
  if (!hasStarted) throw new Error('the exporter has ended before it listened');
}

/**
 * @returns nothing when the process ends: why stands in the event log
 * @throws Error with what to do instead
 */
async function connected(
  onControl: (control: Control) => void,
  options: ServiceOptions,
): Promise<ServiceConnection | undefined> {
  try {
    if (poolThreads() < LEAST_THREADS) {
      throw new Error(`UV_THREADPOOL_SIZE must be a number from ${NEEDED_THREADS} on: a service with one thread hangs`);
    }
    return await connectService(onControl, options);
  } catch (error) {
    if (error instanceof CallError && error.code === ERROR_FAILED_SERVICE_CONTROLLER_CONNECT) {
      throw new Error(
        'service run is for the service control manager: run ras_exporter without it, or install the service (ras_exporter service install)',
        { cause: error },
      );
    }
    complain(problemsOf(error));
    await intoEventLog('Cannot start', { err: problemsOf(error).join('; ') }, FAILED_GRACE, options);
    // The dispatcher may hold a thread, for which Node.js would wait.
    await leave(1, true);
    return undefined;
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

  /**
   * Stops, and ends the process, whatever holds its threads.
   *
   * @param grace milliseconds for the service control manager: to be told, and to answer whoever asked for the stop
   */
  async end(exitCode: number, grace: number): Promise<void> {
    const over = sleep(grace);
    await this.tell({ state: 'stopped', exitCode }, grace);
    await Promise.race([this.#connection.over, over]);
    await leave(exitCode, true);
  }
}

/** A record of its own: there may be no log yet, or one that goes elsewhere. */
async function intoEventLog(message: string, fields: LogFields, grace: number, options: ServiceOptions): Promise<void> {
  const log = logInto(openEventLogSink(options), { level: 'info', format: 'logfmt' });
  log.error(message, fields);
  await log.close(grace);
}
