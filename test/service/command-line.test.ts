/** Command lines of services: what Windows and the C runtime take apart must be what was meant. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinCommandLine, quoteArgument, splitCommandLine } from '../../src/service/manage/command-line.ts';

/** The rules of the C runtime (UCRT), which node.exe is parsed by; those of CommandLineToArgvW agree on what is written here. */
function parsedByWindows(line: string): string[] {
  const args: string[] = [];
  let at = 0;
  // The program: up to the next quotation mark, nothing is escaped.
  const end = line.indexOf('"', 1);
  args.push(line.slice(1, end));
  at = end + 1;
  for (;;) {
    while (line[at] === ' ' || line[at] === '\t') at += 1;
    if (at >= line.length) return args;
    let argument = '';
    let quoted = false;
    while (at < line.length && (quoted || (line[at] !== ' ' && line[at] !== '\t'))) {
      let slashes = 0;
      while (line[at] === '\\') {
        slashes += 1;
        at += 1;
      }
      if (line[at] !== '"') {
        argument += '\\'.repeat(slashes);
        if (at < line.length && (quoted || (line[at] !== ' ' && line[at] !== '\t'))) {
          argument += line[at];
          at += 1;
        }
        continue;
      }
      argument += '\\'.repeat(Math.floor(slashes / 2));
      if (slashes % 2 === 1) argument += '"';
      else if (quoted && line[at + 1] === '"') {
        argument += '"';
        at += 1;
      } else quoted = !quoted;
      at += 1;
    }
    args.push(argument);
  }
}

/** ExpandEnvironmentStrings, on a machine where every name that could be one is a variable. */
function expandedByWindows(line: string): string {
  return line.replaceAll(/%(?![\s"\\])[^%"]+%/g, 'EXPANDED');
}

const program = 'C:\\Program Files\\ras exporter\\node.exe';

describe('the command line of a service', () => {
  it.each([
    ['plain', 'plain'],
    ['--config.file=C:\\etc\\ras.yml', '--config.file=C:\\etc\\ras.yml'],
    ['', '""'],
    ['a b', '"a b"'],
    ['C:\\with space\\', '"C:\\with space\\\\"'],
    ['say "hi"', '"say \\"hi\\""'],
    ['back\\"slash', '"back\\\\\\"slash"'],
    ['%TEMP%', '"%"T"EMP%"'],
    ['100%', '"100%"'],
  ])('writes %j as %s', (argument, written) => {
    expect(quoteArgument(argument)).toBe(written);
  });

  const argument = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'ab "\\%\t東é^&\'=-') }),
    fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')),
    fc.constantFrom('%PATH%', '%%PATH%%', '\\', '\\\\', '"', '""', '\\"', '%"%', 'a%b%c%'),
  );

  it('is taken apart by Windows into the same arguments, with no variable put in', () => {
    fc.assert(
      fc.property(fc.array(argument), (args) => {
        const line = joinCommandLine([program, ...args]);
        expect(expandedByWindows(line)).toBe(line);
        expect(parsedByWindows(line)).toEqual([program, ...args]);
      }),
    );
  });

  it('is taken apart by status into the same arguments', () => {
    fc.assert(
      fc.property(fc.array(argument), (args) => {
        expect(splitCommandLine(joinCommandLine([program, ...args]))).toEqual([program, ...args]);
      }),
    );
  });

  it('of another maker is taken apart, too', () => {
    expect(splitCommandLine('C:\\node.exe  a "b c" --x="d e" ')).toEqual(['C:\\node.exe', 'a', 'b c', '--x=d e']);
  });
});
