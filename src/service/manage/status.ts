/** `ras_exporter service status`: what the service control manager says of the service. */
import { FLAGS, type Flag } from '../../config/flags.ts';
import { shownTexts, withoutSecrets } from '../../config/secrets.ts';
import { CallError } from '../../ras/call-errors.ts';
import { printable } from '../../text/printable.ts';
import { SERVICE_NAME } from '../name.ts';
import { startWord } from './accounts.ts';
import { joinCommandLine, splitCommandLine } from './command-line.ts';
import { startProblem } from './problems.ts';
import * as win from './prototypes.ts';
import type { ProcessStatus, ServiceControl } from './service-control.ts';
import { readServiceConfig, SERVICE_CONFIG_DELAYED_AUTO_START_INFO, type ServiceConfig } from './structs.ts';

/** Those of init scripts (LSB): not running, and not there. */
const NOT_RUNNING = 3;
const NOT_THERE = 4;

export interface Report {
  readonly text: string;
  readonly exitCode: number;
}

/** @throws CallError */
export async function status(control: ServiceControl): Promise<Report> {
  try {
    return await control.withService(win.SERVICE_QUERY_STATUS | win.SERVICE_QUERY_CONFIG, async (service) => {
      const now = await control.status(service);
      const config = await readConfig(control, service);
      const start = startWord(config.startType, await isDelayed(control, service));
      return { text: rows(now, config, start), exitCode: now.state === 'running' ? 0 : NOT_RUNNING };
    });
  } catch (error) {
    if (!(error instanceof CallError && error.code === win.ERROR_SERVICE_DOES_NOT_EXIST)) throw error;
    return { text: `There is no service ${SERVICE_NAME}.\n`, exitCode: NOT_THERE };
  }
}

function rows(now: ProcessStatus, { commandLine, account }: ServiceConfig, start: string): string {
  const failed = now.state === 'stopped' && now.exitCode !== 0 && now.exitCode !== ERROR_SERVICE_NEVER_STARTED;
  return [
    ['service', SERVICE_NAME],
    ['state', now.state],
    ...(failed ? [['last end', startProblem(now)]] : []),
    ...(now.pid === 0 ? [] : [['process', String(now.pid)]]),
    ['start', start],
    ['account', account],
    ['command line', shownCommandLine(commandLine)],
  ]
    .map(([name = '', value = '']) => `${`${name}:`.padEnd(14)}${printable(value)}\n`)
    .join('');
}

const ERROR_SERVICE_NEVER_STARTED = 1077;

/** Without secrets: what is printed is copied into tickets. */
export function shownCommandLine(line: string): string {
  const args = splitCommandLine(line);
  return joinCommandLine(args.map((argument, index) => shownArgument(argument, args[index - 1] ?? '')));
}

/** @param before what stands before it: a flag, perhaps, whose value it is (`--flag value`) */
function shownArgument(argument: string, before: string): string {
  const [name = '', ...value] = argument.split('=');
  const flag = flagOf(name);
  const shown =
    flag === undefined || value.length === 0
      ? withoutSecrets(argument)
      : `${name}=${shownTexts(flag, { texts: [value.join('=')] }).join('')}`;
  const owner = flagOf(before);
  return owner?.value === undefined ? shown : shownTexts(owner, { texts: [shown] }).join('');
}

function flagOf(argument: string): Flag | undefined {
  return FLAGS.find((declared: Flag) => `--${declared.name}` === argument);
}

async function readConfig(control: ServiceControl, service: bigint): Promise<ServiceConfig> {
  const needed = Buffer.alloc(4);
  const asked = control.call('QueryServiceConfigW', service, null, 0, needed);
  await asked.catch((error: unknown) => {
    if (!(error instanceof CallError && error.code === win.ERROR_INSUFFICIENT_BUFFER)) throw error;
  });
  const bytes = Buffer.alloc(needed.readUInt32LE());
  await control.call('QueryServiceConfigW', service, bytes, bytes.length, needed);
  return readServiceConfig(bytes, control.addressOf);
}

async function isDelayed(control: ServiceControl, service: bigint): Promise<boolean> {
  const value = Buffer.alloc(4);
  try {
    const level = SERVICE_CONFIG_DELAYED_AUTO_START_INFO;
    await control.call('QueryServiceConfig2W', service, level, value, value.length, Buffer.alloc(4));
  } catch (error) {
    if (!(error instanceof CallError && error.code === win.ERROR_INVALID_LEVEL)) throw error;
  }
  return value.readUInt32LE() !== 0;
}
