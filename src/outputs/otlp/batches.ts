/** Parts a snapshot: servers of gRPC take messages of 4 MiB at most, unless they are told otherwise. */
import { DataPointType, type MetricData, type ResourceMetrics } from '@opentelemetry/sdk-metrics';

/** Values in one message. With the longest names that Windows takes, one is less than 2 KiB. */
export const MOST_POINTS = 2000;

/** The same values in messages that are small enough: mostly in one. */
export function inBatches(metrics: ResourceMetrics, most: number = MOST_POINTS): ResourceMetrics[] {
  const { resource, scopeMetrics } = metrics;
  return scopeMetrics.flatMap(({ scope, metrics: all }) =>
    parted(all, most).map((part) => ({ resource, scopeMetrics: [{ scope, metrics: part }] })),
  );
}

function parted(all: readonly MetricData[], most: number): MetricData[][] {
  const parts: MetricData[][] = [];
  let room = 0;
  for (const data of all) {
    for (let done = 0; done < data.dataPoints.length; ) {
      if (room === 0) {
        parts.push([]);
        room = most;
      }
      const count = Math.min(room, data.dataPoints.length - done);
      parts.at(-1)?.push(sliced(data, done, done + count));
      done += count;
      room -= count;
    }
  }
  return parts;
}

function sliced(data: MetricData, from: number, to: number): MetricData {
  if (from === 0 && to === data.dataPoints.length) return data;
  // Each kind for itself: the compiler does not see that it stays the same.
  switch (data.dataPointType) {
    case DataPointType.HISTOGRAM:
      return { ...data, dataPoints: data.dataPoints.slice(from, to) };
    case DataPointType.EXPONENTIAL_HISTOGRAM:
      return { ...data, dataPoints: data.dataPoints.slice(from, to) };
    case DataPointType.GAUGE:
      return { ...data, dataPoints: data.dataPoints.slice(from, to) };
    default:
      return { ...data, dataPoints: data.dataPoints.slice(from, to) };
  }
}
