/** A YAML file as it stands, each value with its line; knows no YAML library. */

/** A value of the file, and where it stands. */
export interface Located {
  /** 1-based; that of the key, where the value has one. */
  readonly line: number;
  readonly content: Scalar | readonly Located[] | ReadonlyMap<string, Located>;
  /** A scalar as it is written, where it stands without quotes: `007` is the number 7. */
  readonly source?: string;
}

export type Scalar = string | number | boolean | null;

/** What is wrong with a file, and where. */
export class YamlProblem extends Error {
  /** 1-based; 0 = the file as a whole. */
  readonly line: number;
  /** Where in the file, e.g. `entries[0].name`; empty for the whole. */
  readonly path: string;

  constructor(line: number, path: string, problem: string) {
    super(problem);
    this.name = 'YamlProblem';
    this.line = line;
    this.path = path;
  }
}

/** The path of a member: `api[0].from`. */
export function pathOf(parent: string, key: string): string {
  return parent === '' ? showWord(key) : `${parent}.${showWord(key)}`;
}

/** Keys and words as they are, whatever else in quotes. */
export function showWord(word: string): string {
  return /^[\w.-]{1,40}$/.test(word) ? word : quoteShort(word);
}

/** A text of the file as part of a message. */
export function quoteShort(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
