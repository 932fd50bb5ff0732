/** A configuration that is refused. */

export class ConfigError extends Error {
  /** One line each that says what, where, and what would be right. */
  readonly problems: readonly string[];

  constructor(problems: string | readonly string[]) {
    const all = typeof problems === 'string' ? [problems] : problems;
    super(all.join('; '));
    this.name = 'ConfigError';
    this.problems = all;
  }
}
