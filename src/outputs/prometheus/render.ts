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
import type { Family, Sample } from '../../metrics/metric.ts';
import type { Format } from './accept.ts';

/** Shared by all: prom-client would make, and remember, an empty object for each. */
const NO_LABELS = Object.freeze({});

/** Renders families; those without a sample are left out. */
export async function render(families: readonly Family[], format: Format): Promise<string> {
  const isOpenMetrics = format.name === 'openmetrics';
  const registry = new Registry<RegistryContentType>();
  if (isOpenMetrics) registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const family of families) {
    if (family.samples.length > 0) registry.registerMetric(constantMetric(family, isOpenMetrics));
  }
  return registry.metrics();
}

function constantMetric({ metric, samples }: Family, isOpenMetrics: boolean): Gauge | Counter {
  const { name, help, kind } = metric;
  const options = { name, help, registers: [] };
  const type = kind === 'counter' ? 'counter' : 'gauge';
  // In OpenMetrics, prom-client appends `_total` to the name of a counter's sample, so its labels have to come apart from it.
  const apart = isOpenMetrics && type === 'counter';
  return Object.assign(type === 'counter' ? new Counter(options) : new Gauge(options), {
    // Asked for once per rendering, in place of the values that the object itself would keep.
    getForPromString(this: { name: string }) {
      return { name: this.name, help, type, values: apart ? samples.map(oneByOne) : [asBlock(samples)] };
    },
  });
}

function oneByOne({ value, series }: Sample) {
  return { value, sharedLabels: series.labels };
}

function asBlock(samples: readonly Sample[]) {
  let text = '';
  let last: Sample | undefined;
  for (const sample of samples) {
    if (last !== undefined) text += `${last.series.text} ${formatValue(last.value)}\n`;
    last = sample;
  }
  return { value: last?.value, metricName: text + last?.series.text, sharedLabels: NO_LABELS };
}

function formatValue(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
