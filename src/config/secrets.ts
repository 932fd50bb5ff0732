/** What must not be read in messages, logs and listings: values of secret flags, and passwords and keys within addresses. */
import type { Flag } from './flags.ts';
import type { Setting } from './settings.ts';

/** Stands where a secret would. */
export const REDACTED = '<secret>';

/** `http://user:password@host?key=abc` → `http://<secret>@host?<secret>`, also where the end has been cut off. */
export function withoutSecrets(text: string): string {
  return text
    .replaceAll(/:\/\/[^\s/@"]*(?:(?=@)|\u2026)/g, `://${REDACTED}`)
    .replaceAll(/(:\/\/[^\s?"]*)\?[^\s"]+/g, `$1?${REDACTED}`);
}

/** A text that is meant as an address, whatever it looks like: some backends take their key in its query. */
export function withoutQuery(text: string): string {
  const [address = '', ...query] = text.split('?');
  return query.join('') === '' ? text : `${address}?${REDACTED}`;
}

/** The texts of a setting as anybody may see them. */
export function shownTexts(
  { secret, value }: Pick<Flag, 'secret' | 'value'>,
  { texts }: Pick<Setting, 'texts'>,
): readonly string[] {
  return texts.map((text) => {
    if (secret === true) return REDACTED;
    return withoutSecrets(value === 'url' ? withoutQuery(text) : text);
  });
}
