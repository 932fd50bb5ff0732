/** What must not be read in messages, logs and listings: values of secret flags, and passwords within addresses. */
import type { Flag } from './flags.ts';
import type { Setting } from './settings.ts';

/** Stands where a secret would. */
export const REDACTED = '<secret>';

/** `http://user:password@host` → `http://<secret>@host`, also where the end has been cut off. */
export function withoutPasswords(text: string): string {
  return text.replaceAll(/:\/\/[^\s/@"]*(?:(?=@)|…)/g, `://${REDACTED}`);
}

/** The texts of a setting as anybody may see them. */
export function shownTexts({ secret }: Pick<Flag, 'secret'>, { texts }: Pick<Setting, 'texts'>): readonly string[] {
  return texts.map((text) => (secret === true ? REDACTED : withoutPasswords(text)));
}

/**
 * A text that is handed on but never shown: as text, as JSON and to `console.log` it is `<secret>`. Only `reveal` tells.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED;
  }
}
