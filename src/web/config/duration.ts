/** Durations as Go writes them. */

const UNITS: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  // The micro sign, and the Greek letter.
  ['\u00b5s', 1e-3],
  ['\u03bcs', 1e-3],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

const PART = /(\d+\.?\d*|\.\d+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/g;

/** `1s`, `1.5h`, `1h30m`, `0` → milliseconds; `undefined` for what is none (https://pkg.go.dev/time#ParseDuration). */
export function parseGoDuration(text: string): number | undefined {
  const unsigned = text.replace(/^\+/, '');
  if (unsigned === '0') return 0;
  if (unsigned === '' || unsigned.replaceAll(PART, '') !== '') return undefined;
  let total = 0;
  for (const [, amount = '', unit = ''] of unsigned.matchAll(PART)) total += Number(amount) * (UNITS.get(unit) ?? 0);
  return total;
}
