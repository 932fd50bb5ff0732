/** Whether a web configuration file can be used, with all that it points to. */
import { readFileSync } from 'node:fs';
import { readWebConfig } from './read.ts';
import { fileProblem, readMaterial, tlsOptions } from './tls.ts';
import { WebConfigError } from './web-config.ts';

/** @throws WebConfigError when it cannot */
export function validateWebConfig(file: string): void {
  const { tls } = readWebConfig(readText(file), file);
  if (tls !== undefined) tlsOptions(tls, readMaterial(tls));
}

/**
 * The text of a configuration file. Synchronous on purpose: all threads of the pool may be held by calls that hang in Windows.
 *
 * @throws WebConfigError
 */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new WebConfigError(`open ${file}: ${fileProblem(error)}`);
  }
}
