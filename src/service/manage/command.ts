/** The commands by which an administrator handles the service. */
import { ConfigError } from '../../config/config-error.ts';
import type { Environment, FlagValues } from '../../config/settings.ts';
import { ValueError } from '../../config/values.ts';
import { printable } from '../../text/printable.ts';
import { SERVICE_NAME } from '../name.ts';
import { DEFAULT_ACCOUNT, DEFAULT_START, parseAccount, parseStart } from './accounts.ts';
import { joinCommandLine } from './command-line.ts';
import { install } from './install.ts';
import { placeWarnings, planService } from './plan.ts';
import { explained } from './problems.ts';
import type { ServiceControl } from './service-control.ts';
import { start, stop } from './start-stop.ts';
import { type Report, shownCommandLine, status } from './status.ts';
import { uninstall } from './uninstall.ts';

export type ServiceAction = 'install' | 'uninstall' | 'start' | 'stop' | 'status';

export interface ServiceOrder {
  readonly action: ServiceAction;
  /** Of the exporter; only of `install`. */
  readonly flags: FlagValues;
  readonly account: string | undefined;
  readonly start: string | undefined;
}

/** The process that the service shall be: node.exe, ras_exporter.cjs. */
export type Program = readonly [node: string, script: string];

/**
 * Does what was asked for.
 *
 * @returns what to print, and the exit code
 * @throws ConfigError before anything is changed; Error with what can be done about it
 */
export async function manageService(
  control: ServiceControl,
  order: ServiceOrder,
  program: Program,
  environment: Environment,
): Promise<Report> {
  const texts: Readonly<Record<Exclude<ServiceAction, 'status'>, () => Promise<string>>> = {
    install: () => installed(control, order, program, environment),
    uninstall: () => uninstall(control),
    start: () => start(control),
    stop: () => stop(control),
  };
  try {
    if (order.action === 'status') return await status(control);
    return { text: `${await texts[order.action]()}\n`, exitCode: 0 };
  } catch (error) {
    throw explained(error);
  }
}

async function installed(
  control: ServiceControl,
  order: ServiceOrder,
  program: Program,
  environment: Environment,
): Promise<string> {
  const account = named('service.account', () => parseAccount(order.account ?? DEFAULT_ACCOUNT));
  const startType = named('service.start', () => parseStart(order.start ?? DEFAULT_START));
  const { args, flags, warnings } = await planService(order.flags, environment);
  refusePercent(program);
  const commandLine = joinCommandLine([...program, 'service', 'run', ...args]);
  const leftOut = await install(control, { commandLine, account, start: startType });
  return [
    `Installed the service ${SERVICE_NAME}: account ${account}, start ${startType}.`,
    shownCommandLine(commandLine),
    ...leftOut.map((what) => `Warning: this Windows has no such setting of services: ${what}`),
    ...[...placeWarnings(program[1], flags, environment), ...warnings].map((warning) => `Warning: ${warning}`),
    'Start it with: ras_exporter service start',
  ]
    .map((line) => printable(line))
    .join('\n');
}

/**
 * Windows puts variables in the place of `%NAME%` in the command line, also within the path of the program, where nothing can
 * keep it from that.
 *
 * @throws ConfigError
 */
function refusePercent([node]: Program): void {
  if (!node.includes('%')) return;
  throw new ConfigError(`${node}: a service cannot run in a folder with a percent sign in its path; move it`);
}

function named<T>(flag: string, parseValue: () => T): T {
  try {
    return parseValue();
  } catch (error) {
    if (error instanceof ValueError) throw new ConfigError(`--${flag} ${error.message}`);
    throw error;
  }
}
