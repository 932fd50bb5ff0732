/** What must not be read in messages, logs and listings: values of secret flags, and passwords within addresses. */
import type { Flag } from './flags.ts';
import type { Setting } from './settings.ts';

/** Stands where a secret would. */
export const REDACTED = '<secret>';

/** `http://user:password@host` → `http://<secret>@host`, also where the end has been cut off. */
export function withoutPasswords(text: string): string {
  return text.replaceAll(/:\/\/[^\s/@"]*(?:(?=@)|\u2026)/g, `://${REDACTED}`);
}

/** The texts of a setting as anybody may see them. */
export function shownTexts({ secret }: Pick<Flag, 'secret'>, { texts }: Pick<Setting, 'texts'>): readonly string[] {
  return texts.map((text) => (secret === true ? REDACTED : withoutPasswords(text)));
}
