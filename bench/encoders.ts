/**
 * Three ways from families to text: the product's, one by hand, and prom-client as its documentation shows it.
 *
 * The one by hand is the limit: the same bytes with nothing between, the text of every label set kept. The idiomatic one sets
 * every value of a global registry on every scrape, after a reset so that what is gone goes.
 */
import { Counter, Gauge, Registry, type RegistryContentType } from 'prom-client';
import type { Family } from '../src/metrics/metric.ts';
import { type Format, OPENMETRICS } from '../src/outputs/prometheus/accept.ts';
import { render } from '../src/outputs/prometheus/render.ts';

export type Encoder = (families: readonly Family[], format: Format) => Promise<string>;

export const ENCODERS = {
  product: () => render,
  hand: () => async (families, format) => encodeByHand(families, format),
  idiomatic: idiomaticEncoder,
} as const satisfies Record<string, () => Encoder>;

/** What can be compared: prom-client's histograms observe, and take no counts that somebody else has. */
export function comparable(families: readonly Family[]): Family[] {
  return families.filter(({ metric }) => metric.kind !== 'histogram');
}

export type EncoderName = keyof typeof ENCODERS;

function encodeByHand(families: readonly Family[], format: Format): string {
  const open = format === OPENMETRICS;
  let text = '';
  for (const { metric, samples } of families) {
    if (samples.length === 0) continue;
    const isCounter = metric.kind === 'counter';
    const family = open && isCounter ? metric.name.replace(/_total$/, '') : metric.name;
    if (text !== '' && !open) text += '\n';
    text += `# HELP ${family} ${metric.help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${family} ${metric.kind === 'info' ? 'gauge' : metric.kind}\n`;
    for (const { value, series } of samples) text += `${series.text} ${value}\n`;
  }
  return open ? `${text}# EOF\n` : text;
}

function idiomaticEncoder(): Encoder {
  // One registry per format: in one registry, OpenMetrics would rename the counters of the text format for good.
  const text = new GlobalRegistry(Registry.PROMETHEUS_CONTENT_TYPE);
  const open = new GlobalRegistry(Registry.OPENMETRICS_CONTENT_TYPE);
  return (families, format) => (format === OPENMETRICS ? open : text).render(families);
}

class GlobalRegistry {
  readonly #registry = new Registry<RegistryContentType>();
  readonly #metrics = new Map<string, Counter | Gauge>();

  constructor(contentType: RegistryContentType) {
    this.#registry.setContentType(contentType);
  }

  render(families: readonly Family[]): Promise<string> {
    for (const metric of this.#metrics.values()) metric.reset();
    for (const { metric, samples } of families) {
      if (samples.length === 0) continue;
      const held = this.#metrics.get(metric.name) ?? this.#declare(metric);
      for (const { value, series } of samples) {
        // A label object per call, as a program that calls `set({ entry, state }, value)` makes it.
        if (held instanceof Counter) held.inc({ ...series.labels }, value);
        else held.set({ ...series.labels }, value);
      }
    }
    return this.#registry.metrics();
  }

  #declare({ name, help, kind, labelNames }: Family['metric']): Counter | Gauge {
    const options = { name, help, labelNames: [...labelNames], registers: [this.#registry] };
    const metric = kind === 'counter' ? new Counter(options) : new Gauge(options);
    this.#metrics.set(name, metric);
    return metric;
  }
}
