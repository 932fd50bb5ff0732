import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counter, gauge, histogram, info } from '../../src/metrics/metric.ts';
import { OPENMETRICS, TEXT } from '../../src/outputs/prometheus/accept.ts';
import { render } from '../../src/outputs/prometheus/render.ts';
import { promtoolFindings } from '../support/promtool.ts';
import { isMissing } from '../support/requirements.ts';

const temperature = gauge('test_temperature_celsius', { help: 'A gauge with a \\ in it.', labels: ['room'] });
const calls = counter('test_calls_total', { help: 'A counter.', labels: ['function', 'code'] });
const build = info('test_build_info', { help: 'An info.', labels: ['version'] });

const families = [
  temperature.family([
    temperature.series({ room: 'a "quoted"\nroom\\' }).at(21.5),
    temperature.series({ room: '' }).at(-0.25),
  ]),
  calls.of(3, { function: 'f', code: '809' }),
  build.of(1, { version: '1.0' }),
];

const duration = histogram('test_duration_seconds', { help: 'A histogram.', labels: ['room'], bounds: [0.5, 1, 10] });
const durations = duration.histograms([
  { series: duration.histogramSeries({ room: 'a "b"' }), value: { counts: [2, 0, 3, 1], sum: 20.25 } },
  { series: duration.histogramSeries({ room: 'c' }), value: { counts: [0, 0, 0, 0], sum: 0 } },
]);

describe('a rendered histogram', () => {
  const text = `# HELP test_duration_seconds A histogram.
# TYPE test_duration_seconds histogram
test_duration_seconds_bucket{room="a \\"b\\"",le="0.5"} 2
test_duration_seconds_bucket{room="a \\"b\\"",le="1.0"} 2
test_duration_seconds_bucket{room="a \\"b\\"",le="10.0"} 5
test_duration_seconds_bucket{room="a \\"b\\"",le="+Inf"} 6
test_duration_seconds_sum{room="a \\"b\\""} 20.25
test_duration_seconds_count{room="a \\"b\\""} 6
test_duration_seconds_bucket{room="c",le="0.5"} 0
test_duration_seconds_bucket{room="c",le="1.0"} 0
test_duration_seconds_bucket{room="c",le="10.0"} 0
test_duration_seconds_bucket{room="c",le="+Inf"} 0
test_duration_seconds_sum{room="c"} 0
test_duration_seconds_count{room="c"} 0
`;

  it('has cumulative buckets, a sum and a count, in both formats alike', async () => {
    expect(await render([durations], TEXT)).toBe(text);
    expect(await render([durations], OPENMETRICS)).toBe(`${text}# EOF\n`);
    expect(await render([durations], TEXT)).toBe(text);
  });

  it('is left out when nothing was ever observed of anything', async () => {
    expect(await render([duration.histograms([])], TEXT)).not.toContain('test_duration');
  });

  it.skipIf(isMissing('promtool'))('is what promtool expects', async () => {
    expect(await promtoolFindings(await render([durations], TEXT))).toBe('');
  });
});

describe('rendered text', () => {
  const text = `# HELP test_temperature_celsius A gauge with a \\\\ in it.
# TYPE test_temperature_celsius gauge
test_temperature_celsius{room="a \\"quoted\\"\\nroom\\\\"} 21.5
test_temperature_celsius{room=""} -0.25

# HELP test_calls_total A counter.
# TYPE test_calls_total counter
test_calls_total{function="f",code="809"} 3

# HELP test_build_info An info.
# TYPE test_build_info gauge
test_build_info{version="1.0"} 1
`;

  it('is the text format 0.0.4', async () => {
    expect(await render(families, TEXT)).toBe(text);
  });

  it('is OpenMetrics, where a counter is named without _total', async () => {
    const open = await render(families, OPENMETRICS);
    expect(open).toContain('# TYPE test_calls counter\ntest_calls_total{function="f",code="809"} 3\n');
    expect(open.endsWith('\n# EOF\n')).toBe(true);
  });

  it('is the same text after OpenMetrics was rendered, and at the same time', async () => {
    await render(families, OPENMETRICS);
    const both = await Promise.all([render(families, TEXT), render(families, OPENMETRICS), render(families, TEXT)]);
    expect([both[0], both[2]]).toEqual([text, text]);
  });

  it('leaves out families without samples', async () => {
    expect(await render([temperature.family([]), build.of(1, { version: 'x' })], TEXT)).not.toContain('celsius');
  });

  it('keeps label sets apart that differ only in where a comma stands', async () => {
    const pair = counter('test_pair_total', { help: 'Two labels.', labels: ['a', 'b'] });
    const rendered = await render(
      [pair.family([pair.series({ a: 'x', b: 'y,b:z' }).at(1), pair.series({ a: 'x,b:y', b: 'z' }).at(2)])],
      TEXT,
    );
    expect(rendered).toContain('{a="x",b="y,b:z"} 1');
    expect(rendered).toContain('{a="x,b:y",b="z"} 2');
  });

  it('gives every sample of a family, with every kind of number, in both formats', async () => {
    const many = counter('test_many_total', { help: 'Many.', labels: ['n'] });
    const numbers = [0, 1.5, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 1e21, -2];
    const family = many.family([...numbers, 3].map((value, n) => many.series({ n: String(n) }).at(value)));
    for (const format of [TEXT, OPENMETRICS]) {
      const lines = (await render([family], format)).split('\n').filter((line) => line.startsWith('test_many_total{'));
      expect(lines.map((line) => line.split(' ')[1])).toEqual(['0', '1.5', '+Inf', '-Inf', 'NaN', '1e+21', '-2', '3']);
    }
  });

  it('gives back every label value and number, whatever they are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), fc.double({ noNaN: true }), async (room, value) => {
        const rendered = await render([temperature.of(value, { room })], TEXT);
        const [, escaped = '', shown = ''] = /\{room="((?:[^"\\]|\\.)*)"\} (\S+)\n$/s.exec(rendered) ?? [];
        const read = escaped.replaceAll(/\\(.)/gs, (_, mark: string) => (mark === 'n' ? '\n' : mark));
        expect(read).toBe(room.toWellFormed());
        expect(Number(shown.replace('Inf', 'Infinity'))).toBe(value === 0 ? 0 : value);
      }),
    );
  });
});
