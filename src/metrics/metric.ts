/**
 * The model that both outputs are derived from: a metric is declared once, with its name, unit, kind, labels and help; a
 * family is a metric with the samples of one scrape.
 *
 * Families are constant: built anew for each scrape from what Windows said, never updated.
 */

/** `info` is a gauge whose value is always 1 and whose labels are the content. */
export type MetricKind = 'gauge' | 'counter' | 'info';

/** Label values of one series of a metric: valid UTF-8, frozen. Made by `Metric.labels`. */
export type Labels = Readonly<Record<string, string>>;

/**
 * One value of one series. Many samples share a label set, within a scrape and from one scrape to the next; the name is that
 * of prom-client's registry, which takes samples as they are and keeps the text of a label set that it has seen.
 */
export interface Sample {
  readonly value: number;
  readonly sharedLabels: Labels;
}

/**
 * A series that every scrape needs again. As long as its value stays the same it hands out the same sample: most values do,
 * and what is not made anew need not be cleaned up.
 */
export class Series {
  readonly labels: Labels;
  #sample: Sample | undefined;

  constructor(labels: Labels) {
    this.labels = labels;
  }

  at(value: number): Sample {
    if (this.#sample?.value !== value) this.#sample = { value, sharedLabels: this.labels };
    return this.#sample;
  }
}

/** A metric and its samples at one moment. */
export interface Family {
  readonly metric: Metric;
  readonly samples: readonly Sample[];
}

/** What a declaration says beside name and kind. */
export interface MetricOptions<L extends string> {
  /** Where the value comes from: API function and field, or event id. */
  readonly help: string;
  /** UCUM unit when the name carries one: `s`, `By`, `By/s`. */
  readonly unit?: string;
  readonly labels?: readonly L[];
}

/** A declared metric. */
export interface Metric<L extends string = string> {
  readonly name: string;
  readonly kind: MetricKind;
  readonly unit: string;
  readonly help: string;
  readonly labelNames: readonly L[];
  /** Checks and freezes label values: lone surrogates are replaced, the order is that of the declaration. */
  labels(values: Readonly<Record<L, string>>): Labels;
  /** The samples of one scrape. */
  family(samples: readonly Sample[]): Family;
  /** The family of a metric with one sample, by default without labels. */
  of(value: number, values?: Readonly<Record<L, string>>): Family;
}

/** A value that may go up and down. */
export function gauge<L extends string = never>(name: string, options: MetricOptions<L>): Metric<L> {
  return declare(name, 'gauge', options);
}

/** A value that only rises while the exporter lives; its name ends in `_total`. */
export function counter<L extends string = never>(name: string, options: MetricOptions<L>): Metric<L> {
  return declare(name, 'counter', options);
}

/** Text as labels, value 1; its name ends in `_info`. */
export function info<L extends string = never>(name: string, options: MetricOptions<L>): Metric<L> {
  return declare(name, 'info', options);
}

const NO_LABELS: Labels = Object.freeze({});

function declare<L extends string>(name: string, kind: MetricKind, options: MetricOptions<L>): Metric<L> {
  const labelNames = options.labels ?? [];
  const metric: Metric<L> = {
    name,
    kind,
    unit: options.unit ?? '',
    help: options.help,
    labelNames,
    labels: (values) => {
      if (labelNames.length === 0) return NO_LABELS;
      const clean: Record<string, string> = {};
      for (const label of labelNames) clean[label] = values[label].toWellFormed();
      return Object.freeze(clean);
    },
    family: (samples) => ({ metric, samples }),
    of: (value, values) => ({
      metric,
      samples: [{ value, sharedLabels: values === undefined ? NO_LABELS : metric.labels(values) }],
    }),
  };
  return Object.freeze(metric);
}
