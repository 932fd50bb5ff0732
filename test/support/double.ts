/**
 * The double of rasapi32.dll (`test/windows/double`): builds it, tells it what to say, and reads what it was asked.
 *
 * ```ts
 * const double = new DoubleScript(folder);
 * double.play(connection({ handle: 1n, entry: 'Office' }), status({ handle: 1n, error: 809, state: 0x2001 }));
 * ```
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { buildOnce } from '../../scripts/build-once.ts';

const root = resolve(import.meta.dirname, '../..');
const sources = join(root, 'test/windows/double');
const warnings = ['-std=c11', '-O1', '-Wall', '-Wextra', '-Werror'];
const builds = {
  linux: { compiler: 'gcc', prefix: 'lib', extension: 'so', flags: ['-fPIC', '-fvisibility=hidden', '-pthread'] },
  windows: { compiler: 'x86_64-w64-mingw32-gcc', prefix: '', extension: 'dll', flags: ['-static-libgcc', '-s'] },
};

/** The DLLs that have a double: its sources are the files whose names begin with it, and those that begin with none. */
const DLLS = ['rasapi32', 'wevtapi', 'advapi32'] as const;

export type DoubleDll = (typeof DLLS)[number];

/**
 * Compiles a double, once per source and options.
 *
 * @param without functions that the DLL does not export
 * @returns the path of the library
 */
export async function buildDouble(
  platform: 'linux' | 'windows',
  without: readonly string[] = [],
  dll: DoubleDll = 'rasapi32',
): Promise<string> {
  const { compiler, prefix, extension, flags } = builds[platform];
  const file = `${prefix}${dll}.${extension}`;
  const ofAnother = (name: string) => DLLS.some((other) => other !== dll && name.startsWith(other));
  const files = (await readdir(sources)).filter((name) => /\.[ch]$/.test(name) && !ofAnother(name)).toSorted();
  const options = [...warnings, ...flags, ...without.map((name) => `-DWITHOUT_${name}`)];
  const hash = createHash('sha256').update([compiler, ...options].join(' '));
  for (const name of files) hash.update(await readFile(join(sources, name)));
  const folder = join(root, 'build/double', hash.digest('hex').slice(0, 16));
  await buildOnce(folder, async (draft) => {
    await mkdir(draft, { recursive: true });
    const inputs = files.filter((name) => name.endsWith('.c')).map((name) => join(sources, name));
    await promisify(execFile)(compiler, ['-shared', ...options, '-o', join(draft, file), ...inputs]);
  });
  return join(folder, file);
}

/** One line of the script; made by the functions below. */
export type Directive = string & { readonly directive: true };

export type Value = string | number | bigint | boolean | undefined;

function isDirective(line: string): line is Directive {
  return !line.includes('\n');
}

/** One line of the script; for the makers of directives in `double-*.ts`. */
export function directive(word: string, values: Readonly<Record<string, Value>>): Directive {
  const pairs = Object.entries(values).filter(([, value]) => value !== undefined);
  const line = [word, ...pairs.map(([key, value]) => `${key}=${typeof value === 'boolean' ? Number(value) : value}`)];
  const text = line.join(' ');
  if (!isDirective(text)) throw new Error(`more than one line: ${text}`);
  return text;
}

/** The hex of a string's UTF-16LE code units; lone surrogates and NULs stay what they are. */
export function utf16Hex(text: string): string {
  return Buffer.from(text, 'utf16le').toString('hex');
}

/** `01234567-89ab-cdef-0123-456789abcdef`, with or without braces → the hex of the bytes of a GUID in memory. */
function guidHex(guid: string): string {
  const bytes = Buffer.from(guid.replace(/[{}-]/g, ''), 'hex');
  if (bytes.length !== 16) throw new Error(`not a GUID: ${guid}`);
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes.toString('hex');
}

/** A string as the script wants it. */
export function hex(text: string | undefined): string | undefined {
  return text === undefined ? undefined : utf16Hex(text);
}

function idHex(text: string | undefined): string | undefined {
  return text === undefined ? undefined : guidHex(text);
}

/** An element of RasEnumConnectionsW. */
export function connection(values: {
  readonly handle: bigint;
  readonly entry: string;
  readonly deviceType?: string;
  readonly deviceName?: string;
  readonly phonebookPath?: string;
  readonly subEntry?: number;
  readonly entryId?: string;
  readonly flags?: number;
  readonly correlationId?: string;
}): Directive {
  return directive('conn', {
    handle: values.handle,
    entry: hex(values.entry),
    devtype: hex(values.deviceType),
    device: hex(values.deviceName),
    pbk: hex(values.phonebookPath),
    sub: values.subEntry,
    guid: idHex(values.entryId),
    flags: values.flags,
    corr: idHex(values.correlationId),
  });
}

/** The answer of RasGetConnectStatusW; a connection without one is connected. */
export function status(values: {
  readonly handle: bigint;
  readonly state?: number;
  readonly substate?: number;
  readonly error?: number;
  readonly deviceType?: string;
  readonly deviceName?: string;
  readonly phoneNumber?: string;
  readonly returns?: number;
}): Directive {
  return directive('status', {
    handle: values.handle,
    state: values.state,
    sub: values.substate,
    error: values.error,
    devtype: hex(values.deviceType),
    device: hex(values.deviceName),
    phone: hex(values.phoneNumber),
    ret: values.returns,
  });
}

/** An element of RasEnumEntriesW. */
export function entry(values: {
  readonly entry: string;
  readonly phonebookPath?: string;
  readonly allUsers?: boolean;
}): Directive {
  return directive('entry', { name: hex(values.entry), path: hex(values.phonebookPath), flags: values.allUsers });
}

/** The answer of RasGetEntryPropertiesW. */
export function properties(values: {
  readonly entry: string;
  /** Answers for this phone book only. */
  readonly phonebookPath?: string;
  readonly options2?: number;
  readonly server?: string;
  readonly deviceType?: string;
  readonly deviceName?: string;
  readonly entryId?: string;
  /** RASET_*; default RASET_Vpn. */
  readonly type?: number;
  /** VS_*. */
  readonly vpnStrategy?: number;
  /** ET_*. */
  readonly encryption?: number;
  /** Bytes of an alternate phone list behind the structure. */
  readonly extraBytes?: number;
  readonly returns?: number;
}): Directive {
  return directive('props', {
    name: hex(values.entry),
    path: hex(values.phonebookPath),
    options2: values.options2,
    phone: hex(values.server),
    devtype: hex(values.deviceType),
    device: hex(values.deviceName),
    guid: idHex(values.entryId),
    type: values.type,
    strategy: values.vpnStrategy,
    encryption: values.encryption,
    extra: values.extraBytes,
    ret: values.returns,
  });
}

/** The answer of RasGetErrorStringW. */
export function errorString(values: {
  readonly code: number;
  readonly text?: string;
  readonly returns?: number;
}): Directive {
  return directive('errorstring', { code: values.code, text: hex(values.text), ret: values.returns });
}

/** The dwSize values that the double understands, the newest first. */
export function accept(
  struct: 'RASCONNW' | 'RASCONNSTATUSW' | 'RASENTRYNAMEW' | 'RASENTRYW' | 'RASDEVINFOW' | 'RAS_STATS',
  ...sizes: readonly number[]
): Directive {
  return directive('accept', { struct, sizes: sizes.join(',') });
}

let behaviours = 0;

/** Makes a function misbehave; see `test/windows/double/README.md`. Calls are counted anew for every directive made. */
export function behave(values: {
  readonly function: string;
  readonly handle?: bigint;
  readonly count?: number;
  readonly delayMs?: number;
  readonly hang?: boolean;
  readonly returns?: number;
  readonly writesNothing?: boolean;
  /** Bytes over the caller's buffer. */
  readonly raw?: Uint8Array;
  readonly grow?: number;
  /** Seed. */
  readonly fuzz?: number;
  readonly setCount?: number;
  readonly setCb?: number;
}): Directive {
  behaviours += 1;
  return directive('behave', {
    function: values.function,
    handle: values.handle,
    count: values.count,
    delay_ms: values.delayMs,
    hang: values.hang,
    ret: values.returns,
    nowrite: values.writesNothing,
    raw: values.raw === undefined ? undefined : Buffer.from(values.raw).toString('hex'),
    grow: values.grow,
    fuzz: values.fuzz,
    set_count: values.setCount,
    set_cb: values.setCb,
    id: `${process.pid}-${behaviours}`,
  });
}

/** One call that the double was asked for. */
export interface DoubleCall {
  /** Also a function that changes state and that the exporter must never call, e.g. `RasHangUpW`. */
  readonly function: string;
  /** What was passed, and `cb_out`, `count_out`; strings decoded. */
  readonly arguments: ReadonlyMap<string, string>;
  /** `undefined`: it hangs; a second record follows when it returns. */
  readonly returned: number | undefined;
  /** Calls that had not returned when this one began, and itself. */
  readonly inFlight: number;
  readonly thread: number;
}

const STRINGS = new Set(['reserved', 'phonebook', 'entry', 'service', 'machine', 'database', 'channel', 'query']);

/** Script and log of the double in a folder of the test's own. */
export class DoubleScript {
  readonly #script: string;
  readonly #log: string;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#script = join(folder, 'script.txt');
    this.#log = join(folder, 'calls.log');
  }

  /** The environment of a process that loads the double; paths as Linux and as Wine know them. */
  get env(): { readonly linux: Readonly<Record<string, string>>; readonly wine: Readonly<Record<string, string>> } {
    return {
      linux: { RASDOUBLE_SCRIPT: this.#script, RASDOUBLE_LOG: this.#log },
      wine: { RASDOUBLE_SCRIPT: `Z:${this.#script}`, RASDOUBLE_LOG: `Z:${this.#log}` },
    };
  }

  /** What the double says from its next call on. */
  play(...directives: readonly Directive[]): void {
    // By rename: the double never reads half a script.
    writeFileSync(`${this.#script}.draft`, `${directives.join('\n')}\n`);
    renameSync(`${this.#script}.draft`, this.#script);
  }

  /** Every call so far, in the order in which they returned (or began to hang). */
  readCalls(): readonly DoubleCall[] {
    return readOrEmpty(this.#log).split('\n').slice(0, -1).map(parseCall);
  }
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function parseCall(line: string): DoubleCall {
  const [name = '', ...words] = line.split(' ');
  if (name === 'CALLED') {
    return { function: words.join(' '), arguments: new Map(), returned: 0, inFlight: 0, thread: 0 };
  }
  const values = new Map<string, string>();
  for (const word of words) {
    const [key = '', value = ''] = word.split('=');
    const text = STRINGS.has(key) && value !== 'null';
    values.set(key, text ? Buffer.from(value, 'hex').toString('utf16le') : value);
  }
  const returned = values.get('ret');
  return {
    function: name,
    arguments: values,
    returned: returned === undefined ? undefined : Number(returned),
    inFlight: Number(values.get('inflight')),
    thread: Number(values.get('thread')),
  };
}
