/**
 * The name of a metric in OpenTelemetry, from its one declaration: dots after namespaces, and neither the unit nor `_total`, both
 * of which a backend of the Prometheus kind puts back.
 */
import type { Metric } from '../../metrics/metric.ts';

/** Words of names that are followed by a dot; a metric in none of the longer ones is in the shorter. */
const NAMESPACES = [
  'ras',
  'ras_api',
  'ras_connection',
  'ras_device',
  'ras_dial',
  'ras_entry',
  'ras_events',
  'ras_manager',
  'ras_phonebook',
  'ras_exporter',
  'ras_exporter_collector',
  'ras_exporter_config',
  'ras_exporter_http',
  'ras_exporter_otlp',
  'process',
  'nodejs',
].toSorted((a, b) => b.length - a.length);

/** Unit → what names of Prometheus end in. */
const SUFFIXES: Readonly<Record<string, string>> = { s: '_seconds', By: '_bytes', 'By/s': '_bytes_per_second' };

/** `ras_connection_received_bytes_total`, unit `By` → `ras.connection.received`. */
export function otelName({ name, kind, unit }: Pick<Metric, 'name' | 'kind' | 'unit'>): string {
  const bare = without(kind === 'counter' ? without(name, '_total') : name, SUFFIXES[unit] ?? '');
  const namespace = NAMESPACES.find((words) => bare.startsWith(`${words}_`));
  if (namespace === undefined) return bare;
  return `${namespace.replaceAll('_', '.')}.${bare.slice(namespace.length + 1)}`;
}

function without(name: string, end: string): string {
  return name.endsWith(end) ? name.slice(0, name.length - end.length) : name;
}
