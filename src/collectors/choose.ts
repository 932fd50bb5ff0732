/** Which collectors run: `--collectors.enabled` less `--collectors.disabled`. */
import { type Config, ConfigError } from '../config/config.ts';
import type { Collector } from './collector.ts';

/** Stands for the collectors that are on by default. */
const DEFAULTS = '[defaults]';

/** @throws ConfigError for a name that no collector has */
export function chooseCollectors(all: readonly Collector[], { enabled, disabled }: Config['collectors']): Collector[] {
  const names = all.map(({ name }) => name);
  const check = (flag: string, given: readonly string[], also: readonly string[]) => {
    for (const name of given) {
      if (names.includes(name) || also.includes(name)) continue;
      // What YAML makes of [defaults] without quotes.
      if (name === 'defaults')
        throw new ConfigError(`--collectors.${flag}: defaults is written "[defaults]", in quotes`);
      throw new ConfigError(
        `--collectors.${flag}: there is no collector ${JSON.stringify(name)}; there are: ${[...also, ...names].join(', ')}`,
      );
    }
  };
  check('enabled', enabled, [DEFAULTS]);
  check('disabled', disabled, []);
  return all.filter(
    ({ name, enabledByDefault }) =>
      (enabled.includes(name) || (enabledByDefault && enabled.includes(DEFAULTS))) && !disabled.includes(name),
  );
}
