/**
 * A scenario file as it stands, each value with its line, and readers that say what is wrong where.
 *
 * Knows neither YAML (`parse.ts`) nor what belongs into a scenario (`read.ts`).
 */
import { nearest } from '../../text/nearest.ts';
import { ScenarioError } from './scenario.ts';

/** A value of the file, and where it stands. */
export interface Located {
  /** 1-based; that of the key, where the value has one. */
  readonly line: number;
  readonly content: Scalar | readonly Located[] | ReadonlyMap<string, Located>;
}

export type Scalar = string | number | boolean | null;

const UNITS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/** Ten years: sums of durations stay whole numbers, and no typo runs for ever. */
const MAX_DURATION = 3650 * 86_400_000;

/** A message names so many right words; it stays one readable line. */
const MAX_LISTED = 13;

/** A place in the file: the value there, and how to read it. Every reader throws `ScenarioError`. */
export class Place {
  readonly path: string;
  readonly #file: string;
  readonly #value: Located;

  constructor(file: string, path: string, value: Located) {
    this.#file = file;
    this.path = path;
    this.#value = value;
  }

  /** @throws ScenarioError always: with this place */
  fail(problem: string): never {
    throw new ScenarioError(this.#file, this.#value.line, this.path, problem);
  }

  /** A mapping whose keys are chosen by the writer. */
  members(): ReadonlyMap<string, Place> {
    const { content } = this.#value;
    if (!(content instanceof Map)) return this.fail(`expected a mapping (key: value), found ${this.#found()}`);
    const places = new Map<string, Place>();
    for (const [key, value] of content) places.set(key, new Place(this.#file, pathOf(this.path, key), value));
    return places;
  }

  /** A mapping with no other keys than these. */
  fields<K extends string>(keys: readonly K[]): ReadonlyMap<K, Place> {
    const fields = new Map<K, Place>();
    for (const [name, place] of this.members()) {
      const key = keys.find((known) => known === name);
      if (key === undefined) return place.#failUnknown('key', name, keys);
      fields.set(key, place);
    }
    return fields;
  }

  list(): readonly Place[] {
    const { content } = this.#value;
    if (!Array.isArray(content)) return this.fail(`expected a list (- …), found ${this.#found()}`);
    return content.map((value: Located, index) => new Place(this.#file, `${this.path}[${index}]`, value));
  }

  /** Text of 1 to `longest` UTF-16 units: what fits into the field of Windows' structure. */
  text(longest: number): string {
    const { content } = this.#value;
    if (typeof content !== 'string') return this.fail(`expected text, found ${this.#found()}${this.#quoteHint()}`);
    if (content === '') return this.fail('expected text, found ""');
    if (content.includes('\0')) return this.fail('text for Windows cannot hold the character NUL (\\0)');
    if (content.length > longest) return this.fail(`at most ${longest} characters, found ${content.length}`);
    return content;
  }

  flag(): boolean {
    const { content } = this.#value;
    return typeof content === 'boolean' ? content : this.fail(`expected true or false, found ${this.#found()}`);
  }

  whole(from: number, to: number): number {
    const { content } = this.#value;
    const fits = typeof content === 'number' && Number.isInteger(content) && content >= from && content <= to;
    return fits ? content : this.fail(`expected a whole number from ${from} to ${to}, found ${this.#found()}`);
  }

  isMapping(): boolean {
    return this.#value.content instanceof Map;
  }

  isNumber(): boolean {
    return typeof this.#value.content === 'number';
  }

  /** Whole milliseconds of `500ms`, `1.5s`, `1m30s`, `2h`, `1d`. */
  duration({ zero }: { readonly zero: boolean }): number {
    const { content } = this.#value;
    if (typeof content !== 'string' || !/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(content)) {
      return this.fail(`expected a duration like 500ms, 3s, 1m30s or 2h, found ${this.#found()}`);
    }
    let exact = 0;
    for (const [, count, unit = ''] of content.matchAll(/([\d.]+)([a-z]+)/g))
      exact += Number(count) * (UNITS.get(unit) ?? 0);
    const milliseconds = Math.round(exact);
    if (milliseconds > MAX_DURATION) return this.fail(`at most 3650d, found ${this.#found()}`);
    if (milliseconds === 0 && !zero) return this.fail(`expected more than 0ms, found ${this.#found()}`);
    return milliseconds;
  }

  /** One of these words. */
  choice<T extends string>(kind: string, choices: readonly T[]): T {
    const { content } = this.#value;
    if (typeof content !== 'string') return this.fail(`expected ${listOf(choices)}, found ${this.#found()}`);
    return choices.find((known) => known === content) ?? this.#failUnknown(kind, content, choices);
  }

  #failUnknown(kind: string, word: string, known: readonly string[]): never {
    const meant = nearest(word, known);
    const right = meant === undefined ? `expected ${listOf(known)}` : `did you mean ${show(meant)}?`;
    return this.fail(`there is no ${kind} ${quote(word)}; ${right}`);
  }

  #quoteHint(): string {
    const { content } = this.#value;
    return typeof content === 'number' || typeof content === 'boolean' ? '; put it in quotes' : '';
  }

  #found(): string {
    const { content } = this.#value;
    if (content === null) return 'nothing';
    if (typeof content === 'string') return quote(content);
    if (typeof content === 'object') return content instanceof Map ? 'a mapping' : 'a list';
    return String(content);
  }
}

/** The path of a member: `api[0].from`. */
export function pathOf(parent: string, key: string): string {
  return parent === '' ? show(key) : `${parent}.${show(key)}`;
}

/** Keys and words as they are, whatever else in quotes. */
function show(word: string): string {
  return /^[\w.-]{1,40}$/.test(word) ? word : quote(word);
}

function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

function listOf(words: readonly string[]): string {
  if (words.length > MAX_LISTED)
    return `${words.slice(0, MAX_LISTED).join(', ')} and ${words.length - MAX_LISTED} more`;
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
