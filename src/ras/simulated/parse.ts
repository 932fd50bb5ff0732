/**
 * YAML text → scenario.
 *
 * The only file that loads the YAML library; loaded itself only when a scenario file is asked for
 * (`await import('./parse.ts')`): the built-in scenario needs no YAML.
 */
import { readFileSync } from 'node:fs';
import { isAlias, isMap, isScalar, isSeq, LineCounter, type ParsedNode, parseDocument, type YAMLMap } from 'yaml';
import { type Located, Place, pathOf, type Scalar } from './place.ts';
import { scenarioOf } from './read.ts';
import { type Scenario, ScenarioError } from './scenario.ts';

/** Characters of a scenario file: more than written-out entries in the greatest number need. */
const MAX_LENGTH = 4 * 1024 * 1024;

/**
 * Reads a scenario file.
 *
 * @throws ScenarioError also when the file cannot be read
 */
export function readScenario(file: string): Scenario {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    // Node names a system call and the path again: the code says what is wrong.
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new ScenarioError(
      file,
      0,
      '',
      code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'is not UTF-8 text' : `cannot be read: ${code}`,
    );
  }
  return parseScenario(text, file);
}

/**
 * Reads a scenario, strictly: nothing in it is ignored.
 *
 * @param file what messages call it
 * @throws ScenarioError one line: file, line, path, what is wrong, what would be right
 */
export function parseScenario(text: string, file: string): Scenario {
  if (text.length > MAX_LENGTH) throw new ScenarioError(file, 0, '', `at most ${MAX_LENGTH} characters`);
  const lines = new LineCounter();
  // Keys that stand twice are found below, where their path is known.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  // A tag that the library does not know is refused below, where its path is known.
  const problem = document.errors[0] ?? document.warnings.find(({ code }) => code !== 'TAG_RESOLVE_FAILED');
  if (problem !== undefined) {
    // The library's own words are advice for those who call it.
    const what = problem.code === 'MULTIPLE_DOCS' ? 'must be one YAML document' : `not valid YAML: ${problem.message}`;
    throw new ScenarioError(file, lines.linePos(problem.pos[0]).line, '', what);
  }
  return scenarioOf(new Place(file, '', new Locator(file, lines).locate(document.contents, '')));
}

/** Turns the library's nodes into values with lines, and refuses what a scenario has no use for. */
class Locator {
  readonly #file: string;
  readonly #lines: LineCounter;

  constructor(file: string, lines: LineCounter) {
    this.#file = file;
    this.#lines = lines;
  }

  /** @param line of the key, where a value has one; else it is the line on which the value begins */
  locate(node: ParsedNode | null, path: string, line?: number): Located {
    if (node === null) return { line: line ?? 1, content: null };
    const at = line ?? this.#lineOf(node);
    const fail = (problem: string): never => {
      throw new ScenarioError(this.#file, at, path, problem);
    };
    // An alias that stands for a value that stands for values … is how a small file becomes a large one.
    if (isAlias(node)) return fail(`aliases (*${node.source}) are not read; write the value itself`);
    if (node.anchor !== undefined) return fail(`anchors (&${node.anchor}) are not read; leave it out`);
    if (node.tag !== undefined) return fail(`tags (${node.tag}) are not read; leave it out`);
    if (isMap(node)) return { line: at, content: this.#members(node, path) };
    if (isSeq(node)) {
      return { line: at, content: node.items.map((item, index) => this.locate(item, `${path}[${index}]`)) };
    }
    return { line: at, content: isPlain(node.value) ? node.value : fail(`expected text, a number, true or false`) };
  }

  #members(map: YAMLMap<ParsedNode, ParsedNode | null>, path: string): ReadonlyMap<string, Located> {
    const members = new Map<string, Located>();
    for (const { key, value } of map.items) {
      const line = this.#lineOf(key);
      if (!isScalar(key) || typeof key.value !== 'string') {
        throw new ScenarioError(this.#file, line, path, 'expected text as key; put it in quotes');
      }
      const member = pathOf(path, key.value);
      if (members.has(key.value)) throw new ScenarioError(this.#file, line, member, 'the key stands here twice');
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
