/** YAML as this file format uses it: every value with its line, and readers that say what is wrong where. */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { nearest } from '../../text/nearest.ts';
import { TOO_DEEP, wordsOf } from '../../text/yaml/words.ts';
import { WebConfigError } from './web-config.ts';

/** Characters: certificates fit in many times over. */
const MAX_LENGTH = 1024 * 1024;

/** YAML 1.1, which the toolkit reads, has more words for it than YAML 1.2. */
const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'yes', 'on', 'y'].map((word) => [word, true] as const),
  ...['false', 'no', 'off', 'n'].map((word) => [word, false] as const),
]);

interface Source {
  readonly file: string;
  readonly document: Document<ParsedNode>;
  readonly lines: LineCounter;
}

/** @throws WebConfigError; @returns `undefined` for a file without anything in it */
export function parseYaml(text: string, file: string): Field | undefined {
  if (text.length > MAX_LENGTH) throw new WebConfigError(`${file}: has more than ${MAX_LENGTH} characters`);
  const lines = new LineCounter();
  const document = parse(text, file, lines);
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    throw new WebConfigError(`${file}:${lines.linePos(problem.pos[0]).line}: ${wordsOf(problem)}`);
  }
  const { contents } = document;
  const empty = contents === null || (isScalar(contents) && contents.source === '');
  return empty ? undefined : new Field({ file, document, lines }, '', contents, 1);
}

function parse(text: string, file: string, lines: LineCounter): Document<ParsedNode> {
  try {
    return parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      uniqueKeys: (one, other) => isScalar(one) && isScalar(other) && asWritten(one) === asWritten(other),
    });
  } catch (error) {
    // The library follows brackets within brackets on the stack.
    if (error instanceof RangeError) throw new WebConfigError(`${file}:1: ${TOO_DEEP}`);
    throw error;
  }
}

/** A value in the file. Readers throw `WebConfigError`. No message shows a value, for it may be a secret, unless it is a word. */
export class Field {
  readonly path: string;
  readonly #source: Source;
  readonly #node: Node | null;
  readonly #line: number;

  /** @param line of the key */
  constructor(source: Source, path: string, node: Node | null, line: number) {
    this.#source = source;
    this.path = path;
    this.#line = line;
    this.#node = isAlias(node) ? this.#resolve(node) : node;
  }

  fail(problem: string): never {
    const key = this.path === '' ? '' : `${this.path}: `;
    throw new WebConfigError(`${this.#source.file}:${this.#line}: ${key}${problem}`);
  }

  /** The members of a mapping, which may have any keys. A key without a value may be a mistake, and is none: write `{}`. */
  members(): ReadonlyMap<string, Field> {
    const members = new Map<string, Field>();
    if (isNothing(this.#node)) return this.fail('has no value; write {} for none, or leave the key out');
    if (!isMap(this.#node)) return this.fail('must be a mapping (key: value)');
    const map: YAMLMap = this.#node;
    for (const { key, value } of map.items) {
      if (!isScalar(key)) return this.fail('must have texts as keys');
      const line = this.#source.lines.linePos(key.range?.[0] ?? 0).line;
      if (isNothing(key)) return new Field(this.#source, this.path, key, line).fail('must have texts as keys');
      const name = asWritten(key);
      const member = new Field(this.#source, this.#pathOf(name), asNode(value), line);
      if (name === '<<' && key.type === 'PLAIN') {
        member.fail('merge keys (<<) are not read; write what it stands for');
      }
      members.set(name, member);
    }
    return members;
  }

  /** The members of a mapping with no other keys than these. */
  fields<K extends string>(keys: readonly K[]): ReadonlyMap<K, Field> {
    const fields = new Map<K, Field>();
    for (const [name, field] of this.members()) {
      const key = keys.find((known) => known === name);
      if (key === undefined) {
        const meant = nearest(name, keys);
        return field.fail(
          `unknown key; ${meant === undefined ? `known are ${keys.join(', ')}` : `did you mean ${meant}?`}`,
        );
      }
      fields.set(key, field);
    }
    return fields;
  }

  /** Whether there is no value: `key:`, `key: null`, `key: ~`. */
  get isEmpty(): boolean {
    return isNothing(this.#node);
  }

  list(): readonly Field[] {
    if (!isSeq(this.#node)) return this.fail('must be a list (- value)');
    return this.#node.items.map((item, index) => {
      const node = asNode(item);
      const start = node?.range?.[0];
      const line = start === undefined ? this.#line : this.#source.lines.linePos(start).line;
      return new Field(this.#source, `${this.path}[${index}]`, node, line);
    });
  }

  /** Text; numbers and words as they are written, so that `X-XSS-Protection: 1` is "1". */
  text(): string {
    if (isNothing(this.#node)) return this.fail('has no value; give one, or leave the key out');
    return isScalar(this.#node) ? asWritten(this.#node) : this.fail('must be text');
  }

  flag(): boolean {
    return FLAGS.get(this.text().toLowerCase()) ?? this.fail('must be true or false');
  }

  whole(): number {
    const text = this.text();
    return /^\d{1,9}$/.test(text) ? Number(text) : this.fail('must be a whole number, 0 or more');
  }

  /** An alias without its anchor is a mistake, and not nothing: what it stands for may be all that protects. */
  #resolve(alias: Alias): Node {
    const node = alias.resolve(this.#source.document);
    if (node !== undefined) return node;
    const line = this.#source.lines.linePos(alias.range?.[0] ?? 0).line;
    // Below the users, and for a key, it is a secret that somebody forgot to quote.
    const shown = SECRET.test(this.path) || !/^[\w-]{1,40}$/.test(alias.source) ? '' : ` '${alias.source}'`;
    throw new WebConfigError(`${this.#source.file}:${line}: unknown anchor${shown} referenced`);
  }

  /** Names of users are shown, hashes are not, not even where somebody has written them in place of a name. */
  #pathOf(name: string): string {
    if (this.path === '') return name;
    const secret = this.path === 'basic_auth_users' && (name.includes('$') || name.length > 40);
    return `${this.path}.${secret ? '<secret>' : name}`;
  }
}

/** Paths of values that are secrets. */
const SECRET = /^(?:basic_auth_users\.|tls_server_config\.key$)/;

/** `007` is the user 007, and `yes` the user yes, whatever YAML makes of them. */
function asWritten({ value, source }: Scalar): string {
  return typeof value === 'string' ? value : (source ?? String(value));
}

function isNothing(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null);
}

function asNode(value: unknown): Node | null {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value) ? value : null;
}
