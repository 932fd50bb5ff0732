/** The same metric under the same name, whichever way it came. */
import { describe, expect, it } from 'vitest';
import { declaredMetrics } from '../../../scripts/docs.ts';
import { histogram, type Metric } from '../../../src/metrics/metric.ts';
import { toMetricData } from '../../../src/outputs/otlp/metric-data.ts';
import { otelName } from '../../../src/outputs/otlp/names.ts';
import { type Described, prometheusLabel, prometheusName } from '../../support/translate.ts';

const duration = histogram('ras_test_duration_seconds', { help: 'Test.', unit: 's', labels: ['entry'], bounds: [1] });
const declared: readonly Metric[] = [...declaredMetrics().flatMap(({ metrics }) => metrics), duration];

/** What a metric with one sample is sent as. */
function sent(metric: Metric) {
  const labels = Object.fromEntries(metric.labelNames.map((name) => [name, `of ${name}`]));
  const family =
    metric.kind === 'histogram'
      ? { metric, samples: [], histograms: [{ labels, counts: [1, ...metric.bounds.map(() => 0)], sum: 1 }] }
      : metric.family([metric.series(labels).at(1)]);
  const [data] = toMetricData([family], Date.now());
  if (data === undefined) throw new Error('nothing is sent');
  return data;
}

/** The kind as the protocol knows it. */
function kindOf(data: ReturnType<typeof sent>): Described['kind'] {
  if ('isMonotonic' in data) return data.isMonotonic ? 'counter' : 'sum';
  return data.dataPoints.some(({ value }) => typeof value === 'object') ? 'histogram' : 'gauge';
}

describe('every declared metric', () => {
  it.each(declared.map((metric) => [metric.name, metric] as const))(
    '%s has its own name again when it arrives, with its labels',
    (name, metric) => {
      const data = sent(metric);
      const { descriptor } = data;
      const kind = kindOf(data);
      expect(kind).toBe(metric.kind === 'info' ? 'gauge' : metric.kind);
      expect(prometheusName({ name: descriptor.name, unit: descriptor.unit, kind })).toBe(name);
      expect(descriptor).toMatchObject({ unit: metric.unit, description: metric.help });
      const keys = Object.keys(data.dataPoints[0]?.attributes ?? {});
      expect(keys).toEqual([...metric.labelNames]);
      expect(keys.map(prometheusLabel)).toEqual(keys);
    },
  );

  it('has a name of its own there, too, which says neither unit nor total', () => {
    const names = declared.map(otelName);
    expect(new Set(names).size).toBe(names.length);
    for (const metric of declared) {
      expect(otelName(metric)).toMatch(/^(ras|process|nodejs)(\.[a-z0-9_]+)+$/);
      expect(otelName(metric)).not.toMatch(metric.kind === 'counter' ? /_total$/ : /_(seconds|bytes|per_second)$/);
    }
  });
});

describe('the OpenTelemetry name', () => {
  it.each([
    ['ras_connection_received_bytes_total', 'counter', 'By', 'ras.connection.received'],
    ['ras_connection_speed_bytes_per_second', 'gauge', 'By/s', 'ras.connection.speed'],
    ['ras_connection_up', 'gauge', '', 'ras.connection.up'],
    ['ras_connections', 'gauge', '', 'ras.connections'],
    ['ras_dial_duration_seconds', 'histogram', 's', 'ras.dial.duration'],
    ['ras_exporter_collector_duration_seconds', 'gauge', 's', 'ras.exporter.collector.duration'],
    ['ras_exporter_otlp_exports_total', 'counter', '', 'ras.exporter.otlp.exports'],
    ['ras_up', 'gauge', '', 'ras.up'],
    ['process_cpu_seconds_total', 'counter', 's', 'process.cpu'],
  ] as const)('of %s (%s, %s) is %s', (name, kind, unit, expected) => {
    expect(otelName({ name, kind, unit })).toBe(expected);
  });
});

describe('the translation that the tests compare with', () => {
  // As Prometheus' own library has it.
  it.each([
    ['ras.connection.io', 'By', 'counter', 'ras_connection_io_bytes_total'],
    ['ras.connection.up', '1', 'gauge', 'ras_connection_up_ratio'],
    ['ras.connection.up', '1', 'sum', 'ras_connection_up'],
    ['ras.connection.state', '{connection}', 'sum', 'ras_connection_state'],
    ['ras.connection.link.speed', 'bit/s', 'gauge', 'ras_connection_link_speed_bit_per_second'],
    ['ras.connection.link.speed', 'By/s', 'gauge', 'ras_connection_link_speed_bytes_per_second'],
    ['ras.connection.start_time', 's', 'gauge', 'ras_connection_start_time_seconds'],
    ['ras.seconds.left', 's', 'gauge', 'ras_seconds_left'],
    ['ras.total.calls', '', 'counter', 'ras_calls_total'],
    ['ras__frames..seen', '{frame}', 'counter', 'ras_frames_seen_total'],
    ['2fast', '%', 'gauge', '_2fast_percent'],
  ] as const)('makes of %s in %s (%s) %s', (name, unit, kind, expected) => {
    expect(prometheusName({ name, unit, kind })).toBe(expected);
  });
});
