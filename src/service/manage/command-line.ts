/** The command line of a service, as it stands in ImagePath: arguments → one text that Windows takes apart into the same. */

/**
 * One argument, by the rules of CommandLineToArgvW and the C runtime: a backslash counts as itself, but before a quotation mark.
 *
 * ImagePath is of the kind in which Windows puts the values of variables in place of `%NAME%`, and knows no way to write a percent
 * sign. So quotation marks, which do not count as part of the argument, part the sign from the first letter of the name.
 */
export function quoteArgument(argument: string): string {
  if (/^[^\s"%]+$/.test(argument)) return argument;
  const escaped = argument
    // Those at the end would escape the closing quotation mark.
    .replace(/\\+$/, '$&$&')
    .replaceAll(/(\\*)"/g, '$1$1\\"')
    .replaceAll(/%(?<first>[^%\s"\\])/g, '%"$<first>"');
  return `"${escaped}"`;
}

/** The program, which Windows reads by other rules, and what follows it. A path holds no quotation mark. */
export function joinCommandLine([program = '', ...rest]: readonly string[]): string {
  return [`"${program}"`, ...rest.map(quoteArgument)].join(' ');
}

/** The arguments of a command line, the program first. */
export function splitCommandLine(line: string): string[] {
  const [, quoted, plain, after = ''] = /^\s*(?:"([^"]*)"?|(\S*))(.*)$/s.exec(line) ?? [];
  const rest = [...after.matchAll(/(?:[^\s"]|"(?:\\.|[^"\\])*(?:"|$))+/gs)];
  return [quoted ?? plain ?? '', ...rest.map(([text]) => unquote(text))];
}

/** One argument without the quotation marks around its parts. */
function unquote(text: string): string {
  let argument = '';
  for (const [part, slashes = '', mark] of text.matchAll(/(\\*)(")|\\+|[^\\"]+/g)) {
    if (mark === undefined) argument += part;
    else argument += slashes.slice(0, Math.floor(slashes.length / 2)) + (slashes.length % 2 === 1 ? '"' : '');
  }
  return argument;
}
