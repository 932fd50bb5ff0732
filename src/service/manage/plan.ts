/** What `service install` makes of its flags: all that can be wrong is found before anything is changed. */
import { isAbsolute, parse, resolve, sep, win32 } from 'node:path';
import { examineConfig } from '../../commands/config-check.ts';
import { ConfigError } from '../../config/config-error.ts';
import { FLAGS, type Flag, type FlagName, flagNamed } from '../../config/flags.ts';
import { shownTexts } from '../../config/secrets.ts';
import type { Environment, FlagValues, Settings } from '../../config/settings.ts';
import { parseList } from '../../config/values.ts';
import { SERVICE_DEFAULTS } from '../defaults.ts';

export interface Plan {
  /** Flags of the exporter, one argument each. */
  readonly args: readonly string[];
  /** The same, with their paths made absolute. */
  readonly flags: FlagValues;
  readonly warnings: readonly string[];
}

/**
 * Flags as the service will need them. It runs in another folder and with another environment than the command that installs it.
 *
 * @param environment of this process
 * @throws ConfigError with everything that is wrong
 */
export async function planService(flags: FlagValues, environment: Environment): Promise<Plan> {
  const absolute = Object.fromEntries(
    Object.entries(flags).map(([name, texts]) => [name, texts.map((text) => absoluteText(name, text))]),
  );
  const source = { flags: absolute, environment: {}, defaults: SERVICE_DEFAULTS };
  const { settings, config, problems } = await examineConfig(source);
  const all = [...problems, ...relativePaths(settings)];
  if (all.length > 0) throw new ConfigError(all);
  return {
    args: argumentsOf(absolute),
    flags: absolute,
    warnings: [
      ...config.warnings,
      ...secretsOf(absolute),
      ...variablesOf(environment),
      ...unseenLog(settings.get('log.file')?.texts.at(-1)),
    ],
  };
}

/**
 * What every user of the machine could put another program, or configuration, in the place of. In %SystemRoot% there are folders
 * into which everybody writes (Temp, spool), and in %ProgramData% everybody makes files.
 *
 * @param flags as they stand in the command line of the service
 */
export function placeWarnings(script: string, flags: FlagValues, environment: Environment): readonly string[] {
  const isSafe = (file: string) => {
    const safe = environment.ProgramFiles;
    return (
      safe !== undefined && safe !== '' && win32.normalize(file).toLowerCase().startsWith(`${safe}\\`.toLowerCase())
    );
  };
  const better = '%ProgramFiles% is a better place';
  const open = isSafe(script)
    ? []
    : [`whoever may write to ${win32.dirname(script)} can have the service run what they like; ${better}`];
  const files = CONFIGURATION_FILES.flatMap((name) => flags[name] ?? []).filter((file) => !isSafe(file));
  return [
    ...open,
    ...files.map(
      (file) =>
        `whoever may write ${file}, or in its folder, decides what the service does; ${better}, or a folder that only administrators may write`,
    ),
  ];
}

const CONFIGURATION_FILES: readonly FlagName[] = ['config.file', 'web.config.file'];

const WORDS_OF_LOG_FILE = ['stderr', 'stdout', 'eventlog'];

function isPath({ name, value }: Pick<Flag, 'name' | 'value'>, text: string): boolean {
  return text !== '' && value === 'file' && !(name === 'log.file' && WORDS_OF_LOG_FILE.includes(text));
}

function absoluteText(name: string, text: string): string {
  const flag = FLAGS.find((declared) => declared.name === name);
  if (flag === undefined || !('value' in flag)) return text;
  if (flag.value === 'files')
    return parseList(text)
      .map((path) => resolve(path))
      .join(',');
  return isPath(flag, text) ? resolve(text) : text;
}

/** Those in the configuration file. */
function relativePaths(settings: Settings): string[] {
  return [...settings].flatMap(([name, { texts, items, origin, place }]) => {
    if (origin !== 'file') return [];
    const flag = flagNamed(name);
    const paths =
      flag.value === 'files' ? (items ? texts : texts.flatMap(parseList)) : texts.filter((text) => isPath(flag, text));
    return (flag.value === 'files' || flag.value === 'file') && !paths.every(isWholePath)
      ? [`${place} must be a whole path: a service does not run in this folder`]
      : [];
  });
}

/** Whether a path means the same in every folder, and on every drive. */
function isWholePath(path: string): boolean {
  return isAbsolute(path) && (sep === '/' || parse(path).root.length > 1);
}

function argumentsOf(flags: FlagValues): string[] {
  return FLAGS.flatMap((flag: Flag & { name: FlagName }) =>
    (flags[flag.name] ?? []).map((text) =>
      flag.value === undefined && text === 'true' ? `--${flag.name}` : `--${flag.name}=${text}`,
    ),
  );
}

function secretsOf(flags: FlagValues): string[] {
  return FLAGS.filter((flag: Flag & { name: FlagName }) => {
    const texts = flags[flag.name] ?? [];
    return shownTexts(flag, { texts }).some((shown, index) => shown !== texts[index]);
  }).map(
    ({ name }) =>
      `every user of this machine can read what --${name} says in the command line of the service; put it into a configuration file that only administrators may read`,
  );
}

function unseenLog(file: string | undefined): string[] {
  if (file !== 'stderr' && file !== 'stdout') return [];
  return [`nobody sees what a service writes to ${file} (--log.file); leave it out for the event log, or name a file`];
}

function variablesOf(environment: Environment): string[] {
  const names = Object.keys(environment).filter(
    (name) => /^(?:RAS_EXPORTER|OTEL)_/i.test(name) && environment[name] !== '',
  );
  if (names.length === 0) return [];
  return [
    `the service has not the environment of this prompt: ${names.toSorted().join(', ')} hold only if they are set for the whole system`,
  ];
}
