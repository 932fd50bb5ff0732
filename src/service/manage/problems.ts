/** What an administrator can do about what Windows answers. */
import { CallError } from '../../ras/call-errors.ts';
import { SERVICE_NAME } from '../name.ts';
import * as win from './prototypes.ts';
import type { ProcessStatus } from './service-control.ts';

const PROBLEMS: ReadonlyMap<number, string> = new Map([
  [win.ERROR_ACCESS_DENIED, 'access is denied: run it from an elevated prompt (Run as administrator)'],
  [win.ERROR_SERVICE_DOES_NOT_EXIST, `there is no service ${SERVICE_NAME}: ras_exporter service install makes one`],
  [
    win.ERROR_SERVICE_EXISTS,
    `there is a service ${SERVICE_NAME} already: remove it first (ras_exporter service uninstall; one of an MSI package: under installed apps)`,
  ],
  [
    win.ERROR_SERVICE_MARKED_FOR_DELETE,
    `the service ${SERVICE_NAME} is being removed: close what still shows it (services.msc, the task manager), or restart Windows`,
  ],
  [win.ERROR_INVALID_SERVICE_ACCOUNT, 'Windows does not know the account of the service'],
  [win.ERROR_SERVICE_LOGON_FAILED, 'the account of the service may not log on as a service'],
  [
    win.ERROR_SERVICE_DISABLED,
    `the service ${SERVICE_NAME} is disabled: sc config ${SERVICE_NAME} start= delayed-auto changes that`,
  ],
  [win.ERROR_SERVICE_REQUEST_TIMEOUT, 'the process of the service did not answer in time'],
  [
    win.ERROR_INVALID_SERVICE_CONTROL,
    `the service ${SERVICE_NAME} does not know what it was told: is it the exporter?`,
  ],
  [win.ERROR_SERVICE_DATABASE_LOCKED, 'another program has locked the list of services: try again'],
  [win.ERROR_SERVICE_CANNOT_ACCEPT_CTRL, `the service ${SERVICE_NAME} takes no controls now: try again`],
  [
    win.ERROR_DUPLICATE_SERVICE_NAME,
    `another service has the name ${SERVICE_NAME}, or shows it: sc getkeyname ${SERVICE_NAME} says which`,
  ],
  [win.ERROR_SHUTDOWN_IN_PROGRESS, 'Windows is being shut down'],
]);

/** An error in words, where there are better ones than its own. */
export function explained(error: unknown): unknown {
  if (!(error instanceof CallError)) return error;
  const text = PROBLEMS.get(error.code);
  return text === undefined ? error : new Error(`${text} [${error.function}: ${error.code}]`, { cause: error });
}

/** Why a service is not there after it was started. */
export function startProblem({ state, pid, exitCode, specificCode }: ProcessStatus): string {
  if (state !== 'stopped') return `the service has not started yet: it is in state ${state} (process ${pid})`;
  const why = `why stands in the event log: log Application, source ${SERVICE_NAME}`;
  if (exitCode === win.ERROR_SERVICE_SPECIFIC_ERROR) {
    return specificCode === 2
      ? `the service could not start, its configuration is wrong; ${why}; ras_exporter config check FILE shows it, too`
      : `the service could not start (exit code ${specificCode}); ${why}`;
  }
  if (exitCode === win.ERROR_PROCESS_ABORTED) return `the process of the service ended unexpectedly; ${why}`;
  if (exitCode === 0) return 'the service was stopped while it started, or soon after';
  return `the service has stopped with error ${exitCode}; ${why}`;
}
