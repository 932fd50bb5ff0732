/**
 * The configuration file: YAML whose keys are the names of the flags, nested at the dots or not, or partly.
 *
 * Read strictly: a key that is unknown or stands twice, and a value of the wrong kind, is a problem with file, line and key.
 * Loads the YAML library, so it is loaded itself only when there is a file.
 */
import { nearest } from '../text/nearest.ts';
import { locateYaml, readYamlText } from '../text/yaml/locate.ts';
import { type Located, pathOf, quoteShort, YamlProblem } from '../text/yaml/located.ts';
import { FLAGS, type Flag, type FlagName, flagNamed, isFlagName } from './flags.ts';
import { REDACTED } from './secrets.ts';
import type { FileSettings, Setting } from './settings.ts';

/** Characters of a configuration file: a hundred times what every flag with its comment takes. */
const MAX_LENGTH = 256 * 1024;

/** What a file says, and what is wrong with it, one line each. */
export interface FileReading {
  readonly settings: FileSettings;
  readonly problems: readonly string[];
}

/** The first parts of the names: `collector`, `collector.connections`. */
const GROUPS: ReadonlySet<string> = new Set(
  FLAGS.flatMap(({ name }) => {
    const parts = name.split('.');
    return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('.'));
  }),
);

/** Those that hold a secret flag, and the file as a whole (an empty name). */
const SECRET_GROUPS: ReadonlySet<string> = new Set([
  '',
  ...[...GROUPS].filter((group) => FLAGS.some((flag) => 'secret' in flag && flag.name.startsWith(`${group}.`))),
]);

/** Reads a configuration file; one that cannot be read is a problem, too. */
export function readConfigFile(file: string): FileReading {
  return guarded(file, () => parseConfigFile(readYamlText(file, MAX_LENGTH), file));
}

/**
 * Reads the text of a configuration file.
 *
 * @param file what messages call it
 */
export function parseConfigFile(text: string, file: string): FileReading {
  return guarded(file, () => {
    const reader = new Reader(file);
    reader.read(locateYaml(text, MAX_LENGTH));
    return reader;
  });
}

function guarded(file: string, read: () => FileReading): FileReading {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof YamlProblem)) throw error;
    return { settings: new Map(), problems: [problemAt(file, error.line, error.path, error.message)] };
  }
}

class Reader implements FileReading {
  readonly #file: string;
  readonly settings = new Map<FlagName, Setting>();
  readonly problems: string[] = [];
  readonly #lines = new Map<FlagName, number>();

  constructor(file: string) {
    this.#file = file;
  }

  /** @param path the key as it stands in the file, which an error shows; `group` is the same as a name */
  read(value: Located, path = '', group = ''): void {
    // An empty file, or a group whose settings are all comments.
    if (value.content === null) return;
    if (!(value.content instanceof Map)) {
      this.#fail(value.line, path, `expected settings (key: value), found ${found(value, SECRET_GROUPS.has(group))}`);
      return;
    }
    for (const [key, member] of value.content) {
      const name = group === '' ? key : `${group}.${key}`;
      const memberPath = shownPath(path, group, key);
      if (GROUPS.has(name)) this.read(member, memberPath, name);
      else if (isFlagName(name)) this.#set(name, member, memberPath);
      else this.#failUnknown(name, member.line, memberPath);
    }
  }

  #set(name: FlagName, value: Located, path: string): void {
    const flag = flagNamed(name);
    const before = this.#lines.get(name);
    if (flag.inFile === false) {
      this.#fail(value.line, path, `cannot stand in a configuration file; use --${name}`);
    } else if (before !== undefined) {
      this.#fail(value.line, path, `stands in line ${before} as well`);
    } else {
      this.#lines.set(name, value.line);
      const read = readTexts(flag, value);
      if ('problem' in read) this.#fail(value.line, path, read.problem);
      else this.settings.set(name, { ...read, origin: 'file', place: oneLine(`${this.#file}:${value.line}: ${name}`) });
    }
  }

  #failUnknown(name: string, line: number, path: string): void {
    const names = FLAGS.filter((flag) => !('inFile' in flag)).map((flag) => flag.name);
    const meant = nearest(name, [...names, ...GROUPS]);
    this.#fail(line, path, `there is no such setting${meant === undefined ? '' : `; did you mean ${meant}?`}`);
  }

  #fail(line: number, path: string, problem: string): void {
    this.problems.push(problemAt(this.#file, line, path, problem));
  }
}

/** The path of a key; `name=value`, where somebody wrote it without a blank, without the value. */
function shownPath(path: string, group: string, key: string): string {
  if (!SECRET_GROUPS.has(group) || /^[\w.-]{1,40}$/.test(key)) return pathOf(path, key);
  const name = group === '' ? (/^[\w.-]{1,40}(?==)/.exec(key)?.[0] ?? '') : '';
  if (name !== '') return `${name}=${REDACTED}`;
  return group === '' ? pathOf(path, key) : `${path}.${REDACTED}`;
}

/** The texts that the command line would have been given. */
function readTexts(flag: Flag, value: Located): Pick<Setting, 'texts' | 'items'> | { readonly problem: string } {
  const { content } = value;
  const several = flag.list === true || flag.repeatable === true;
  const secret = flag.secret === true;
  if (content === null) return { problem: 'has no value; give one, or leave the key out' };
  if (flag.value === undefined) {
    if (typeof content === 'boolean') return { texts: [String(content)], items: false };
    return { problem: `expected true or false, found ${found(value, secret)}` };
  }
  if (several && Array.isArray(content)) {
    const items: readonly Located[] = content;
    const wrong = items.find((item) => textOf(item) === undefined);
    if (wrong !== undefined) return { problem: `expected text in the list, found ${found(wrong, secret)}` };
    return { texts: items.map((item) => textOf(item) ?? ''), items: flag.list === true };
  }
  const text = textOf(value);
  if (text === undefined)
    return { problem: `expected ${several ? 'text or a list' : 'text'}, found ${found(value, secret)}` };
  return { texts: [text], items: false };
}

/** A number is taken as it is written: 007 is a text that somebody forgot to quote. */
function textOf({ content, source }: Located): string | undefined {
  if (typeof content === 'string') return content;
  return typeof content === 'number' ? (source ?? String(content)) : undefined;
}

function found({ content }: Located, secret: boolean): string {
  if (content === null) return 'nothing';
  if (typeof content === 'object') return content instanceof Map ? 'settings within it' : 'a list';
  if (secret) return REDACTED;
  return typeof content === 'string'
    ? quoteShort(content)
    : `${content}${typeof content === 'boolean' ? '; put it in quotes' : ''}`;
}

function problemAt(file: string, line: number, path: string, problem: string): string {
  return oneLine(`${file}${line === 0 ? '' : `:${line}`}: ${path === '' ? '' : `${path}: `}${problem}`);
}

/** Whatever stands in the file or its name. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').toWellFormed();
}
