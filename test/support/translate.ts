/**
 * What a backend of the Prometheus kind calls a metric that comes over OTLP: the rules of Prometheus 3's own translation
 * (otlptranslator, strategy UnderscoreEscapingWithSuffixes), written down a second time, for tests.
 */

const UNITS: Readonly<Record<string, string>> = {
  s: 'seconds',
  By: 'bytes',
  '1': '',
  '%': 'percent',
  ms: 'milliseconds',
};
const PER: Readonly<Record<string, string>> = { s: 'second', m: 'minute', h: 'hour', d: 'day' };

export interface Described {
  readonly name: string;
  readonly unit: string;
  readonly kind: 'gauge' | 'counter' | 'sum' | 'histogram';
}

export function prometheusName({ name, unit, kind }: Described): string {
  let tokens = name.split(/[^A-Za-z0-9:]+/).filter((token) => token !== '');
  const [main = '', per] = unit.split(/\/(.*)/s);
  const add = (words: readonly string[]) => {
    const last = words.at(-1) ?? '';
    if (last !== '' && !last.includes('{') && !tokens.includes(last)) tokens.push(...words);
  };
  add([UNITS[main] ?? main]);
  if (per !== undefined) add(['per', PER[per] ?? per]);
  if (kind === 'counter') tokens = [...tokens.filter((token) => token !== 'total'), 'total'];
  if (kind === 'gauge' && unit === '1') tokens = [...tokens.filter((token) => token !== 'ratio'), 'ratio'];
  return tokens.join('_').replace(/^(?=\d)/, '_');
}

export function prometheusLabel(attribute: string): string {
  return attribute
    .replaceAll(/[^A-Za-z0-9_]/g, '_')
    .replace(/^(?=\d)/, 'key_')
    .replace(/^_(?!_)/, 'key_');
}
