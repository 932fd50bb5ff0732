/** The command line: sub-commands and flags, help, version. Values are checked by `config.ts`. */
import { Command, CommanderError } from 'commander';
import type { ServiceOrder } from '../service/manage/command.ts';
import { nearest } from '../text/nearest.ts';
import { VERSION } from '../version.ts';
import { ConfigError, type FlagValues } from './config.ts';
import { FLAGS, type Flag, type FlagName } from './flags.ts';
import { addServiceCommands } from './service-commands.ts';
import { quote } from './values.ts';

/** What the user wants. */
export type Invocation =
  | { readonly command: 'run'; readonly flags: FlagValues }
  | { readonly command: 'check'; readonly flags: FlagValues; readonly json: boolean }
  | { readonly command: 'config check'; readonly flags: FlagValues; readonly file: string }
  | ({ readonly command: 'service' } & ServiceOrder)
  | { readonly command: 'print'; readonly text: string };

/**
 * Parses the arguments after the program's name.
 *
 * @throws ConfigError for anything that is not understood
 */
export function parseCommandLine(args: readonly string[]): Invocation {
  const { rest, switches } = takeSwitches(args);
  let invocation: Invocation | undefined;
  let printed = '';
  const program = new Command('ras_exporter')
    .description('Prometheus exporter for Windows Remote Access (RAS): VPN, dial-up and PPPoE connections.')
    .version(`ras_exporter ${VERSION}`, '--version', 'Print the version.')
    .helpOption('-h, --help', 'Print this help.')
    .helpCommand(false)
    .addHelpText(
      'after',
      '\nEvery flag can be set by the environment (RAS_EXPORTER_WEB_LISTEN_ADDRESS and so on) and in a file: --config.file.',
    );
  const check = program
    .command('check')
    .description('Collect once and print what was found as a table; exit 1 when something could not be read.')
    .option('--json', 'Print JSON.');
  const config = program
    .command('config')
    .description(
      'config check FILE: print the configuration that a file makes, or all that is wrong with it; exit 2 then.',
    )
    .helpCommand(false);
  const configCheck = config
    .command('check')
    .argument('<file>')
    .description('Print the configuration that a file makes, or all that is wrong with it; exit 2 then.');
  const flagsOf = (command: Command): FlagValues => ({ ...flagValues(command.optsWithGlobals()), ...switches });
  const service = addServiceCommands(
    program,
    flagsOf,
    (flags) => {
      invocation = { command: 'run', flags };
    },
    (order) => {
      invocation = { command: 'service', ...order };
    },
  );
  for (const command of [program, check, config, configCheck, ...service.taking]) addFlags(command);
  for (const command of [program, check, config, configCheck, ...service.taking, ...service.others]) {
    command.allowExcessArguments(false).helpCommand(false);
    command.exitOverride().configureOutput({
      writeOut: (text) => {
        printed += text;
      },
      writeErr: () => {},
    });
  }
  program.action((_: Options, command: Command) => {
    invocation = { command: 'run', flags: flagsOf(command) };
  });
  check.action((_: Options, command: Command) => {
    invocation = { command: 'check', flags: flagsOf(command), json: command.getOptionValue('json') === true };
  });
  config.action(() => {
    throw new ConfigError('config needs a command: ras_exporter config check FILE');
  });
  configCheck.action((file: string, _: Options, command: Command) => {
    invocation = { command: 'config check', flags: flagsOf(command), file };
  });

  try {
    program.parse(rest, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { command: 'print', text: printed };
    throw new ConfigError(usageProblem(error));
  }
  return invocation ?? { command: 'print', text: program.helpInformation() };
}

type Options = Readonly<Record<string, unknown>>;

/** Takes switches out of the arguments, bare or with `=true` and `=false`, which commander's do not have. The last one wins. */
function takeSwitches(args: readonly string[]): { readonly rest: string[]; readonly switches: FlagValues } {
  const switches: Partial<Record<FlagName, readonly string[]>> = {};
  const end = args.indexOf('--');
  const rest = args.filter((arg, index) => {
    const [name, value = 'true'] = arg.split(/=(.*)/s, 2);
    const flag = FLAGS.find((declared) => !('value' in declared) && `--${declared.name}` === name);
    if (flag === undefined || (end >= 0 && index > end)) return true;
    switches[flag.name] = [value];
    return false;
  });
  return { rest, switches };
}

function addFlags(command: Command): void {
  for (const flag of FLAGS as readonly Flag[]) {
    const shown = flag.default === undefined ? '' : ` (default ${flag.default})`;
    if (flag.value === undefined) {
      command.option(`--${flag.name}`, `${flag.help}${shown}`);
    } else {
      const collect = (text: string, before: readonly string[] | undefined) => [...(before ?? []), text];
      command.option(`--${flag.name} <${flag.value}>`, `${flag.help}${shown}`, collect);
    }
  }
}

function flagValues(options: Options): FlagValues {
  const values: Partial<Record<FlagName, readonly string[]>> = {};
  for (const { name } of FLAGS) {
    const value = options[optionKey(name)];
    if (Array.isArray(value)) values[name] = value.map(String);
  }
  return values;
}

/** The name under which commander stores an option: camel case after dashes, dots kept. */
function optionKey(name: string): string {
  return name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function usageProblem({ code, message }: CommanderError): string {
  const quoted = /'(?<option>--?[^'=]*)/.exec(message)?.groups?.option;
  const stray = /got \d+: (?<argument>.*)\.$/s.exec(message)?.groups?.argument;
  if (code === 'commander.excessArguments' && stray !== undefined) {
    return `there is no command ${quote(stray)}; there is: check, config check, service; see ras_exporter --help`;
  }
  if (code === 'commander.unknownOption' && quoted !== undefined) {
    if (message.includes(`'${quoted}=`) && ['--json', '--help', '--version'].includes(quoted)) {
      return `${quoted} takes no value; see ras_exporter --help`;
    }
    if (/^--service\.(account|start)$/.test(quoted)) {
      return `${quoted} belongs to the command service install; see ras_exporter service install --help`;
    }
    if (quoted === '--json') return '--json belongs to the command check; see ras_exporter --help';
    const near = nearest(
      quoted,
      FLAGS.map(({ name }) => `--${name}`),
    );
    return `there is no flag ${quoted}${near === undefined ? '' : `; did you mean ${near}?`}; see ras_exporter --help`;
  }
  return `${message.replace(/^error: /, '').replaceAll('\n', ' ')}; see ras_exporter --help`;
}
