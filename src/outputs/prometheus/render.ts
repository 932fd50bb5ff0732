/**
 * Families → exposition text, through a prom-client registry made for this one scrape and format.
 *
 * Three properties of prom-client 15 shape this file. Rendering OpenMetrics renames counters for good, so a registry must not
 * serve both formats. Its metric classes keep values between scrapes, and merge label sets that differ only in where a
 * comma stands; so the classes are used for their declarations, and constant samples are handed over in place of theirs.
 * And the text of `sharedLabels` is cached by identity, so that label sets which live from scrape to scrape are escaped once.
 */
import { Counter, Gauge, Registry, type RegistryContentType } from 'prom-client';
import type { Family } from '../../metrics/metric.ts';
import type { Format } from './accept.ts';

/** Renders families; those without a sample are left out. */
export async function render(families: readonly Family[], format: Format): Promise<string> {
  const registry = new Registry<RegistryContentType>();
  if (format.name === 'openmetrics') registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  for (const family of families) {
    if (family.samples.length > 0) registry.registerMetric(constantMetric(family));
  }
  return registry.metrics();
}

function constantMetric({ metric, samples }: Family): Gauge | Counter {
  const { name, help, kind } = metric;
  const declared =
    kind === 'counter' ? new Counter({ name, help, registers: [] }) : new Gauge({ name, help, registers: [] });
  const type = kind === 'counter' ? 'counter' : 'gauge';
  return Object.assign(declared, {
    // Asked for once per rendering, in place of the values that the object itself would keep.
    getForPromString(this: { name: string }) {
      return { name: this.name, help, type, values: samples };
    },
  });
}
