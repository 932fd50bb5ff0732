/**
 * YAML text → scenario.
 *
 * Loaded itself only when a scenario file is asked for (`await import('./parse.ts')`): the built-in scenario needs no YAML.
 */
import { locateYaml, readYamlText } from '../../text/yaml/locate.ts';
import { YamlProblem } from '../../text/yaml/located.ts';
import { Place } from './place.ts';
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
  return parseScenario(
    inFile(file, () => readYamlText(file, MAX_LENGTH)),
    file,
  );
}

/**
 * Reads a scenario, strictly: nothing in it is ignored.
 *
 * @param file what messages call it
 * @throws ScenarioError one line: file, line, path, what is wrong, what would be right
 */
export function parseScenario(text: string, file: string): Scenario {
  return scenarioOf(
    new Place(
      file,
      '',
      inFile(file, () => locateYaml(text, MAX_LENGTH)),
    ),
  );
}

function inFile<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof YamlProblem) throw new ScenarioError(file, error.line, error.path, error.message);
    throw error;
  }
}
