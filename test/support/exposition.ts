/** Reads Prometheus text in tests: just enough to ask for the value of a series. */

export type Series = ReadonlyMap<string, number>;

/** Series (`name{a="b",c="d"}`) → value. Fails on a line that is none, and on a series that appears twice. */
export function parseExposition(text: string): Series {
  const series = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const match =
      /^(?<series>[a-z_:][a-z0-9_:]*(?:\{(?:[a-z_][a-z0-9_]*="(?:[^"\\]|\\[\\"n])*",?)*\})?) (?<value>\S+)$/i.exec(
        line,
      );
    const { series: name, value } = match?.groups ?? {};
    if (name === undefined || value === undefined || Number.isNaN(Number(value)))
      throw new Error(`not a sample: ${line}`);
    if (series.has(name)) throw new Error(`twice: ${name}`);
    series.set(name, Number(value));
  }
  return series;
}

/** The series of one metric, without its name: `{a="b"}` → value. */
export function seriesOf(series: Series, name: string): Record<string, number> {
  const found = [...series].filter(([key]) => key === name || key.startsWith(`${name}{`));
  return Object.fromEntries(found.map(([key, value]) => [key.slice(name.length), value]));
}
