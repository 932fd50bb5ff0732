/**
 * Families → exposition text, through a prom-client registry made for this one scrape and format.
 *
 * Three properties of prom-client 15 shape this file. Rendering OpenMetrics renames counters for good, so a registry must not
 * serve both formats. Its metric classes keep values between scrapes, and merge label sets that differ only in where a comma
 * stands; so the classes are used for their declarations, and constant samples are handed over in place of theirs. And it
 * spends more on each sample than the sample is worth, most of it on labels that there are not: so a family is handed over as
 * one block of lines, in which the last line is the sample and the lines before it stand in its name.
 */
import { Counter, Gauge, Registry, type RegistryContentType } from 'prom-client';
import type { Family, Metric, Sample } from '../../metrics/metric.ts';
import type { Format } from './accept.ts';

/** Renders families; those without a sample are left out. */
export async function render(families: readonly Family[], format: Format): Promise<string> {
  const registry = new Registry<RegistryContentType>();
  if (format.name === 'openmetrics') registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const { metric, samples } of families) {
    const last = samples.at(-1);
    if (last !== undefined) registry.registerMetric(constantMetric(metric, samples.slice(0, -1), last));
  }
  return registry.metrics();
}

function constantMetric({ name, help, kind }: Metric, before: readonly Sample[], last: Sample): Gauge | Counter {
  const type = kind === 'info' ? 'gauge' : kind;
  const options = { name, help, registers: [] };
  return Object.assign(type === 'counter' ? new Counter(options) : new Gauge(options), {
    // Asked for once per rendering, in place of the values that the object itself would keep. The name is the one that the
    // format wants: OpenMetrics takes `_total` off the name of a counter, and puts it back on that of its sample.
    getForPromString(this: { name: string }) {
      const { value, series } = last;
      return {
        name: this.name,
        help,
        type,
        // The last line of a histogram is not called like its family.
        values: [
          {
            value,
            metricName: linesOf(before) + (type === 'histogram' ? series.name : this.name),
            sharedLabels: series.labels,
          },
        ],
      };
    },
  });
}

function linesOf(samples: readonly Sample[]): string {
  let lines = '';
  for (const { value, series } of samples) lines += `${series.text} ${formatValue(value)}\n`;
  return lines;
}

function formatValue(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
