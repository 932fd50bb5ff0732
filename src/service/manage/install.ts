/** `ras_exporter service install`: all of the service, or nothing. */
import { CallError, CallTimeout } from '../../ras/call-errors.ts';
import { SERVICE_NAME } from '../name.ts';
import { START_TYPES, type StartType } from './accounts.ts';
import * as win from './prototypes.ts';
import { removeEventSource, writeEnvironment, writeEventSource } from './registry.ts';
import type { ServiceControl } from './service-control.ts';
import * as info from './structs.ts';

export interface Installation {
  readonly commandLine: string;
  /** As Windows calls it. */
  readonly account: string;
  readonly start: StartType;
}

const DESCRIPTION =
  'Metrics of Windows Remote Access (RAS) for Prometheus and OpenTelemetry: states and errors of VPN, dial-up and PPPoE connections.';

/** The least with which Node.js runs, and a server works; LocalSystem has thirty. */
const PRIVILEGES = ['SeChangeNotifyPrivilege', 'SeImpersonatePrivilege'];

const RESTARTS = 3;
const RESTART_DELAY = 60_000;
const RESET_SECONDS = 86_400;
const SERVICE_SID_TYPE_UNRESTRICTED = 1;

/** What a step has done, undone. */
type Undo = () => Promise<unknown>;

/**
 * Installs the service.
 *
 * @returns what this Windows knows nothing of, and was left out
 * @throws CallError, CallTimeout; everything is as before then, or the message says what is not
 */
export function install(control: ServiceControl, installation: Installation): Promise<readonly string[]> {
  return control.withManager(win.SC_MANAGER_CONNECT | win.SC_MANAGER_CREATE_SERVICE, (manager) =>
    control.closing(
      () => create(control, manager, installation),
      async (service) => {
        const undo: Undo[] = [() => control.call('DeleteService', service)];
        try {
          const leftOut = await configure(control, service, installation.start);
          await writeEnvironment(control);
          await writeEventSource(control, () => undo.push(() => removeEventSource(control)));
          return leftOut;
        } catch (error) {
          await takeBack(undo, error);
          throw error;
        }
      },
    ),
  );
}

/** @throws Error when something stays behind */
async function takeBack(undo: readonly Undo[], reason: unknown): Promise<void> {
  const failed: string[] = [];
  for (const step of undo.toReversed()) {
    await step().catch((error: unknown) => failed.push(error instanceof Error ? error.message : String(error)));
  }
  if (failed.length === 0) return;
  const why = reason instanceof Error ? reason.message : String(reason);
  throw new Error(
    `${why}; what had been done could not be undone: ${failed.join(', ')}; ras_exporter service uninstall does that`,
    { cause: reason },
  );
}

function create(
  control: ServiceControl,
  manager: bigint,
  { commandLine, account, start }: Installation,
): Promise<bigint> {
  // SERVICE_START, because failure actions shall start it.
  const access = win.SERVICE_CHANGE_CONFIG | win.SERVICE_START | win.DELETE;
  const created = control.call(
    'CreateServiceW',
    manager,
    SERVICE_NAME,
    SERVICE_NAME,
    access,
    win.SERVICE_WIN32_OWN_PROCESS,
    START_TYPES[start].code,
    win.SERVICE_ERROR_NORMAL,
    commandLine,
    null,
    null,
    null,
    account,
    null,
  );
  return created.catch((error: unknown) => {
    if (!(error instanceof CallTimeout)) throw error;
    throw new Error(
      `${error.message}; the service may be made later all the same: ras_exporter service status shows it, uninstall removes it`,
      { cause: error },
    );
  });
}

async function configure(control: ServiceControl, service: bigint, start: StartType): Promise<readonly string[]> {
  const { addressOf } = control;
  const delayed = info.dword(START_TYPES[start].delayed ? 1 : 0);
  const settings: readonly (readonly [string, number, Buffer])[] = [
    ['description', info.SERVICE_CONFIG_DESCRIPTION, info.pointerTo(info.wideString(DESCRIPTION), addressOf)],
    [
      'restart after a crash',
      info.SERVICE_CONFIG_FAILURE_ACTIONS,
      info.restarts(RESTARTS, RESTART_DELAY, RESET_SECONDS, addressOf),
    ],
    ['delayed start', info.SERVICE_CONFIG_DELAYED_AUTO_START_INFO, delayed],
    ['SID of the service', info.SERVICE_CONFIG_SERVICE_SID_INFO, info.dword(SERVICE_SID_TYPE_UNRESTRICTED)],
    [
      'required privileges',
      info.SERVICE_CONFIG_REQUIRED_PRIVILEGES_INFO,
      info.pointerTo(info.multiString(PRIVILEGES), addressOf),
    ],
  ];
  const leftOut: string[] = [];
  for (const [what, level, value] of settings) {
    try {
      await control.call('ChangeServiceConfig2W', service, level, value);
    } catch (error) {
      // Every Windows since Vista knows all of them; Wine does not.
      if (!(error instanceof CallError && error.code === win.ERROR_INVALID_LEVEL)) throw error;
      leftOut.push(what);
    }
  }
  return leftOut;
}
