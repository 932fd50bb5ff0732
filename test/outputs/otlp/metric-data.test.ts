/** Families as OpenTelemetry has them. */
import { DataPointType } from '@opentelemetry/sdk-metrics';
import { describe, expect, it } from 'vitest';
import { counter, gauge, histogram, info } from '../../../src/metrics/metric.ts';
import { toMetricData } from '../../../src/outputs/otlp/metric-data.ts';

const NOW = Date.now();

describe('a family', () => {
  it('of a counter is a monotonic sum since the process started', () => {
    const failures = counter('ras_test_failures_total', { help: 'Failures.', labels: ['entry'] });
    const [data] = toMetricData([failures.family([failures.series({ entry: 'Büro "東京"' }).at(3)])], NOW);
    const start = Math.floor(performance.timeOrigin / 1000);
    expect(data).toMatchObject({
      dataPointType: DataPointType.SUM,
      isMonotonic: true,
      dataPoints: [{ value: 3, attributes: { entry: 'Büro "東京"' }, startTime: [start, expect.any(Number)] }],
    });
    expect(data?.dataPoints[0]?.endTime).toEqual([Math.floor(NOW / 1000), (NOW % 1000) * 1e6]);
  });

  it('of a gauge, or of a text, is a gauge without a unit that would make a ratio of it', () => {
    const up = gauge('ras_test_up', { help: 'Up.' });
    const text = info('ras_test_info', { help: 'Text.', labels: ['version'] });
    const data = toMetricData([up.of(1), text.of(1, { version: '1' })], NOW);
    expect(data.map(({ dataPointType, descriptor }) => [dataPointType, descriptor.name, descriptor.unit])).toEqual([
      [DataPointType.GAUGE, 'ras.test_up', ''],
      [DataPointType.GAUGE, 'ras.test_info', ''],
    ]);
  });

  it('of a histogram has a bucket more than bounds, and the sum of them as its count', () => {
    const durations = histogram('ras_test_seconds', { help: 'Times.', unit: 's', labels: ['entry'], bounds: [1, 5] });
    const series = durations.histogramSeries({ entry: 'A' });
    const [data] = toMetricData([durations.histograms([{ series, value: { counts: [1, 2, 4], sum: 70 } }])], NOW);
    expect(data).toMatchObject({
      dataPointType: DataPointType.HISTOGRAM,
      dataPoints: [
        {
          attributes: { entry: 'A' },
          value: { buckets: { boundaries: [1, 5], counts: [1, 2, 4] }, sum: 70, count: 7 },
        },
      ],
    });
  });

  it('leaves out what is no number, and is left out itself when nothing is left', () => {
    const speed = gauge('ras_test_speed', { help: 'Speed.', labels: ['entry'] });
    const at = (entry: string, value: number) => speed.series({ entry }).at(value);
    const some = speed.family([at('A', Number.NaN), at('B', Number.POSITIVE_INFINITY), at('C', 2)]);
    const [data, ...others] = toMetricData([some, speed.family([at('A', Number.NaN)]), speed.family([])], NOW);
    expect(data?.dataPoints.map(({ value }) => value)).toEqual([2]);
    expect(others).toEqual([]);
  });
});
