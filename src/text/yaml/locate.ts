/**
 * YAML text → values with their lines, strictly: nothing that a reader could overlook, nothing that makes a small file large.
 *
 * Loads the YAML library, as `web/config/yaml.ts` does, whose format allows what is refused here; whoever needs either loads it with
 * `await import`, since most starts read no YAML.
 */
import { readFileSync, statSync } from 'node:fs';
import { isAlias, isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseDocument, type YAMLMap } from 'yaml';
import { type Located, pathOf, type Scalar, YamlProblem } from './located.ts';
import { TOO_DEEP, wordsOf } from './words.ts';

/**
 * The text of a UTF-8 file, with or without a byte order mark.
 *
 * @param longest characters that it may have
 * @throws YamlProblem of the file as a whole
 */
export function readYamlText(file: string, longest: number): string {
  const fail = (problem: string): never => {
    throw new YamlProblem(0, '', problem);
  };
  try {
    const found = statSync(file);
    // A pipe that nobody writes to would never end, and neither would /dev/zero.
    if (!found.isFile() && !found.isDirectory()) return fail('is not a file');
    if (found.size > 4 * longest) return fail(`at most ${longest} characters`);
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof YamlProblem) throw error;
    // Node names a system call and the path again: the code says what is wrong.
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return fail(code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'is not UTF-8 text' : `cannot be read: ${code}`);
  }
}

/**
 * Parses one document without anchors, aliases and tags, and in which no key stands twice.
 *
 * @param longest characters that the text may have
 * @throws YamlProblem
 */
export function locateYaml(text: string, longest: number): Located {
  if (text.length > longest) throw new YamlProblem(0, '', `at most ${longest} characters`);
  try {
    return locate(text);
  } catch (error) {
    // The library follows brackets within brackets on the stack.
    if (error instanceof RangeError) throw new YamlProblem(1, '', TOO_DEEP);
    throw error;
  }
}

function locate(text: string): Located {
  const lines = new LineCounter();
  // Keys that stand twice are found below, where their path is known.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  // A tag that the library does not know is refused below, where its path is known.
  const problem = document.errors[0] ?? document.warnings.find(({ code }) => code !== 'TAG_RESOLVE_FAILED');
  if (problem !== undefined) {
    const line = problem.code === 'RESOURCE_EXHAUSTION' ? 1 : lines.linePos(problem.pos[0]).line;
    throw new YamlProblem(line, '', wordsOf(problem));
  }
  return new Locator(lines).locate(document.contents, '');
}

/** Turns the library's nodes into values with lines, and refuses what no file has a use for. */
class Locator {
  readonly #lines: LineCounter;

  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  /** @param line of the key, where a value has one; else it is the line on which the value begins */
  locate(node: ParsedNode | null, path: string, line?: number): Located {
    if (node === null) return { line: line ?? 1, content: null };
    const at = line ?? this.#lineOf(node);
    const fail = (problem: string): never => {
      throw new YamlProblem(at, path, problem);
    };
    // An alias that stands for a value that stands for values … is how a small file becomes a large one. None of the three is
    // shown: a secret that begins with such a mark and has no quotes reads as one.
    if (isAlias(node)) return fail('aliases (*…) are not read; write the value itself, in quotes if it begins with *');
    if (node.anchor !== undefined) return fail('anchors (&…) are not read; leave it out, or put the value in quotes');
    if (node.tag !== undefined) return fail('tags (!…) are not read; leave it out, or put the value in quotes');
    if (isMap(node)) return { line: at, content: this.#members(node, path) };
    if (isSeq(node)) {
      return { line: at, content: node.items.map((item, index) => this.locate(item, `${path}[${index}]`)) };
    }
    if (!isPlain(node.value)) return fail(`expected text, a number, true or false`);
    return { line: at, content: node.value, ...(node.type === 'PLAIN' ? { source: node.source } : {}) };
  }

  #members(map: YAMLMap<ParsedNode, ParsedNode | null>, path: string): ReadonlyMap<string, Located> {
    const members = new Map<string, Located>();
    for (const { key, value } of map.items) {
      const line = this.#lineOf(key);
      if (!isScalar(key) || typeof key.value !== 'string') {
        throw new YamlProblem(line, path, 'expected text as key; put it in quotes');
      }
      const member = pathOf(path, key.value);
      if (members.has(key.value)) throw new YamlProblem(line, member, 'the key stands here twice');
      members.set(key.value, this.locate(value, member, line));
    }
    return members;
  }

  #lineOf({ range }: ParsedNode): number {
    return this.#lines.linePos(range[0]).line;
  }
}

function isPlain(value: unknown): value is Scalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
