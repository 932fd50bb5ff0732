/** YAML as this file format uses it: every value with its line, and readers that say what is wrong where. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import { nearest } from '../../text/nearest.ts';
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
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    const what = problem.code === 'MULTIPLE_DOCS' ? 'must be one YAML document' : `not valid YAML: ${problem.message}`;
    throw new WebConfigError(`${file}:${lines.linePos(problem.pos[0]).line}: ${what}`);
  }
  return isNothing(document.contents) ? undefined : new Field({ file, document, lines }, '', document.contents, 1);
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
    const value = isAlias(node) ? node.resolve(source.document) : node;
    this.#node = value ?? null;
  }

  fail(problem: string): never {
    const key = this.path === '' ? '' : `${this.path}: `;
    throw new WebConfigError(`${this.#source.file}:${this.#line}: ${key}${problem}`);
  }

  /** The members of a mapping, which may have any keys. Nothing in its place is an empty one. */
  members(): ReadonlyMap<string, Field> {
    const members = new Map<string, Field>();
    if (isNothing(this.#node)) return members;
    if (!isMap(this.#node)) return this.fail('must be a mapping (key: value)');
    const map: YAMLMap = this.#node;
    for (const { key, value } of map.items) {
      if (!isScalar(key)) return this.fail('must have texts as keys');
      const name = String(key.value);
      const line = this.#source.lines.linePos(key.range?.[0] ?? 0).line;
      const path = this.path === '' ? name : `${this.path}.${name}`;
      members.set(name, new Field(this.#source, path, asNode(value), line));
    }
    return members;
  }

  /** The members of a mapping with no other keys than these; a key without a value is left out. */
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
      if (!isNothing(field.#node)) fields.set(key, field);
    }
    return fields;
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
    const node = this.#node;
    if (isNothing(node)) return '';
    if (!isScalar(node)) return this.fail('must be text');
    return typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));
  }

  flag(): boolean {
    return FLAGS.get(this.text().toLowerCase()) ?? this.fail('must be true or false');
  }

  whole(): number {
    const text = this.text();
    return /^\d{1,9}$/.test(text) ? Number(text) : this.fail('must be a whole number, 0 or more');
  }
}

function isNothing(node: unknown): boolean {
  return node === null || node === undefined || (isScalar(node) && node.value === null);
}

function asNode(value: unknown): Node | null {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value) ? value : null;
}
