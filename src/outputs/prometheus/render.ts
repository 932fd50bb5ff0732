/**
 * Families → exposition text, through a prom-client registry made for this one scrape and format.
 *
 * Three properties of prom-client 15 shape this file. Rendering OpenMetrics renames counters for good, so a registry must not
 * serve both formats. Its metric classes keep values between scrapes, and merge label sets that differ only in where a comma
 * stands; so the classes are used for their declarations, and constant samples are handed over in place of theirs. And most
 * of its time goes into the labels of each sample, so a sample comes with its labels in its name, as text that its series
 * keeps from scrape to scrape.
 */
import { Counter, Gauge, Registry, type RegistryContentType } from 'prom-client';
import type { Family, Sample } from '../../metrics/metric.ts';
import type { Format } from './accept.ts';

/** Shared by all samples: prom-client would make, and remember, an empty object for each. */
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
  const constant = isOpenMetrics && type === 'counter' ? labelsApart : labelsInName;
  return Object.assign(type === 'counter' ? new Counter(options) : new Gauge(options), {
    // Asked for once per rendering, in place of the values that the object itself would keep.
    getForPromString(this: { name: string }) {
      return { name: this.name, help, type, values: samples.map(constant) };
    },
  });
}

function labelsInName({ value, series }: Sample) {
  return { value, metricName: series.text, sharedLabels: NO_LABELS };
}

function labelsApart({ value, series }: Sample) {
  return { value, sharedLabels: series.labels };
}
