/** Text that a terminal or a log viewer may be shown: names come from phone books, which anybody may have written. */

// C0, DEL, C1, line and paragraph separators, and marks that are not seen: those that turn the direction of what follows, and
// those that make two names look the same (U+200B, U+200D, U+FEFF).
const UNPRINTABLE = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Replaces every such character by its escape (`\u001b`), so that nothing in a name is obeyed, and nothing hides. */
export function printable(text: string): string {
  return text.toWellFormed().replaceAll(UNPRINTABLE, (mark) => mark.split('').map(escapeOf).join(''));
}

/** Of one UTF-16 unit, so that JSON reads the text as it was. */
function escapeOf(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
