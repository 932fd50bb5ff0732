/** `ras_exporter service …` on the command line. */
import { type Command, Option } from 'commander';
import type { ServiceAction, ServiceOrder } from '../service/manage/command.ts';
import { ConfigError } from './config-error.ts';
import type { FlagValues } from './settings.ts';

/** What each does, for the help. */
const ACTIONS: Readonly<Record<ServiceAction, string>> = {
  install: 'Install the exporter as a Windows service, with the flags that are given.',
  uninstall: 'Stop the service and remove it.',
  start: 'Start the service, and wait until it runs or has failed.',
  stop: 'Stop the service, and wait until it has stopped.',
  status: 'Print how the service is; exit 0 when it runs, 3 when it does not, 4 when there is none.',
};

const ACTION_WORDS: readonly ServiceAction[] = ['install', 'uninstall', 'start', 'stop', 'status'];

/** Options of `service install` alone. */
const INSTALL_OPTIONS: readonly Option[] = [
  new Option(
    '--service.account <account>',
    'LocalSystem, LocalService, NetworkService or NT SERVICE\\ras_exporter (default LocalSystem)',
  ),
  new Option('--service.start <type>', 'auto, delayed-auto, demand or disabled (default delayed-auto)'),
];

/** `service run`, however wrong what follows is: the event log has to say so. */
export function isServiceRun([command, subcommand]: readonly string[]): boolean {
  return command === 'service' && subcommand === 'run';
}

/**
 * Adds the commands.
 *
 * @param flagsOf the flags of the exporter that a command was given
 * @param run is called for `service run`
 * @param manage is called for the others
 * @returns those that take the flags of the exporter, and those that do not
 */
export function addServiceCommands(
  program: Command,
  flagsOf: (command: Command) => FlagValues,
  run: (flags: FlagValues) => void,
  manage: (order: ServiceOrder) => void,
): { readonly taking: readonly Command[]; readonly others: readonly Command[] } {
  const service = program
    .command('service')
    .description(`service ${ACTION_WORDS.join('|')}: the exporter as a Windows service.`)
    .action(() => {
      throw new ConfigError(`service needs a command: ${ACTION_WORDS.join(', ')}; see ras_exporter service --help`);
    });
  const runs = service
    .command('run')
    .description('What the service control manager starts.')
    .action((_, command: Command) => run(flagsOf(command)));
  const managing = ACTION_WORDS.map((action) =>
    service
      .command(action)
      .description(ACTIONS[action])
      .action((_, command: Command) => manage(orderOf(action, command, flagsOf(command)))),
  );
  const [install, ...others] = managing;
  for (const option of INSTALL_OPTIONS) install?.addOption(option);
  return { taking: install === undefined ? [runs] : [runs, install], others: [service, ...others] };
}

function orderOf(action: ServiceAction, command: Command, flags: FlagValues): ServiceOrder {
  const [flag] = Object.keys(flags);
  if (action !== 'install' && flag !== undefined) {
    throw new ConfigError(`service ${action} takes no flags, and --${flag} was given; service install does`);
  }
  const option = (name: string): string | undefined => {
    const value: unknown = command.getOptionValue(name);
    return typeof value === 'string' ? value : undefined;
  };
  return { action, flags, account: option('service.account'), start: option('service.start') };
}
