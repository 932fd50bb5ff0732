/**
 * Families → the data model of OpenTelemetry.
 *
 * Every value is cumulative, as a counter of Prometheus is: since the process started, or since what is counted began, if that was
 * before. What is not a number, or infinite, is left out: JSON has no word for it.
 */
import { type HrTime, ValueType } from '@opentelemetry/api';
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
} from '@opentelemetry/sdk-metrics';
import type { Family, HistogramValue, Labels } from '../../metrics/metric.ts';
import { otelName } from './names.ts';

/** @param now of all points, milliseconds of Unix time */
export function toMetricData(families: readonly Family[], now: number): MetricData[] {
  return families.map((family) => metricData(family, now)).filter(({ dataPoints }) => dataPoints.length > 0);
}

function metricData({ metric, samples, histograms }: Family, now: number): MetricData {
  const base = {
    descriptor: {
      name: otelName(metric),
      description: metric.help,
      unit: metric.unit,
      valueType: ValueType.DOUBLE,
    },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  // A clock may be set back after the start.
  const latest = Math.min(performance.timeOrigin, now);
  const startTime = hrTime(latest);
  const endTime = hrTime(now);
  const point = <T>(labels: Labels, value: T, since: number | undefined): DataPoint<T> => ({
    startTime: since === undefined || since >= latest ? startTime : hrTime(since),
    endTime,
    attributes: labels,
    value,
  });
  if (metric.kind === 'histogram') {
    const dataPoints = (histograms ?? [])
      .filter(({ sum }) => Number.isFinite(sum))
      .map(({ labels, since, ...value }) => point(labels, toHistogram(metric.bounds, value), since));
    return { ...base, dataPointType: DataPointType.HISTOGRAM, dataPoints };
  }
  const dataPoints = samples
    .filter(({ value }) => Number.isFinite(value))
    .map(({ value, series }) => point(series.labels, value, series.since));
  return metric.kind === 'counter'
    ? { ...base, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }
    : // None of them has the unit `1`, with which it would be taken for a ratio.
      { ...base, dataPointType: DataPointType.GAUGE, dataPoints };
}

function toHistogram(bounds: readonly number[], { counts, sum }: HistogramValue): Histogram {
  return {
    buckets: { boundaries: [...bounds], counts: [...counts] },
    sum,
    count: counts.reduce((total, count) => total + count, 0),
  };
}

/** Seconds and nanoseconds. */
function hrTime(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1000);
  return [seconds, Math.floor((milliseconds - seconds * 1000) * 1e6)];
}
