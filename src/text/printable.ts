/** Text that a terminal or a log viewer may be shown: names come from phone books, which anybody may have written. */

// C0, DEL, C1, line and paragraph separators, and the marks that turn the direction of what follows.
const UNPRINTABLE = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Replaces every control character by its escape (`\u001b`), so that nothing in a name is obeyed. */
export function printable(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(UNPRINTABLE, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
