/**
 * The model that both outputs are derived from: a metric is declared once, with its name, unit, kind, labels and help; a
 * family is a metric with the samples of one scrape.
 *
 * Families are constant: built anew for each scrape from what Windows said, never updated.
 */

/** `info` is a gauge whose value is always 1 and whose labels are the content. */
export type MetricKind = 'gauge' | 'counter' | 'info' | 'histogram';

/** Label values: valid UTF-8, frozen. */
export type Labels = Readonly<Record<string, string>>;

/** One value of one series. */
export interface Sample {
  readonly value: number;
  readonly series: Series;
}

/**
 * A metric with label values. Most are needed again by every scrape and stand still from one to the next, so a series that is
 * kept escapes its labels once and hands out the same sample as long as its value stays the same.
 */
export class Series {
  readonly name: string;
  readonly labels: Labels;
  #text: string | undefined;
  #sample: Sample | undefined;
  #since: number | undefined;

  constructor(name: string, labels: Labels, since?: number) {
    this.name = name;
    this.labels = labels;
    this.#since = since;
  }

  /** Of a counter: when what it counts began, in milliseconds of Unix time; `undefined` = with the process. */
  get since(): number | undefined {
    return this.#since;
  }

  /** What it counts began as early as `time`. */
  reachBack(time: number): void {
    if (this.#since === undefined || time < this.#since) this.#since = time;
  }

  /** The sample of this series with `value`. */
  at(value: number): Sample {
    if (this.#sample?.value !== value) this.#sample = { value, series: this };
    return this.#sample;
  }

  /** As every Prometheus format writes it: `name{label="escaped value"}`. */
  get text(): string {
    this.#text ??= seriesText(this.name, this.labels);
    return this.#text;
  }
}

/** A metric and its samples at one moment. */
export interface Family {
  readonly metric: Metric;
  /** Of a histogram: its buckets, sum and count, as Prometheus counts them. */
  readonly samples: readonly Sample[];
  /** Of a histogram: the same as OpenTelemetry counts it. */
  readonly histograms?: readonly HistogramSample[];
}

/** How often which values were observed. */
export interface HistogramValue {
  /** By bucket, each without those below it; one more than there are bounds. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/** One histogram with its label values. */
export interface HistogramSample extends HistogramValue {
  readonly labels: Labels;
  /** As of a series. */
  readonly since?: number | undefined;
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
  /**
   * A series of the metric: lone surrogates in label values are replaced, the order is that of the declaration.
   *
   * @param since when what it counts began, if not with the process
   */
  series(values: Readonly<Record<L, string>>, since?: number): Series;
  /** The upper bounds of a histogram, rising, without infinity; empty for other kinds. */
  readonly bounds: readonly number[];
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

/** A declared histogram. */
export interface Histogram<L extends string = string> extends Metric<L> {
  readonly kind: 'histogram';
  /** The histograms of one scrape. */
  histograms(values: readonly { readonly series: HistogramSeries; readonly value: HistogramValue }[]): Family;
  /** The series of one histogram: made once, since every scrape needs the same ones again. */
  histogramSeries(values: Readonly<Record<L, string>>, since?: number): HistogramSeries;
}

/** A distribution of values, by bucket. */
export function histogram<L extends string = never>(
  name: string,
  options: MetricOptions<L> & { readonly bounds: readonly number[] },
): Histogram<L> {
  const { bounds } = options;
  const base = declare(name, 'histogram', options, bounds);
  const metric: Histogram<L> = {
    ...base,
    kind: 'histogram',
    family: (samples) => ({ metric, samples }),
    histogramSeries: (values, since) => new HistogramSeries(name, base.series(values).labels, bounds, since),
    histograms: (values) => ({
      metric,
      samples: values.flatMap(({ series, value }) => series.samples(value)),
      histograms: values.map(({ series, value }) => ({ ...value, labels: series.labels, since: series.since })),
    }),
  };
  return Object.freeze(metric);
}

/** A histogram with label values, and the series that Prometheus makes of it. */
export class HistogramSeries {
  readonly labels: Labels;
  readonly since: number | undefined;
  readonly #buckets: readonly Series[];
  readonly #sum: Series;
  readonly #count: Series;

  constructor(name: string, labels: Labels, bounds: readonly number[], since?: number) {
    this.labels = labels;
    this.since = since;
    this.#buckets = [...bounds, Number.POSITIVE_INFINITY].map(
      (bound) => new Series(`${name}_bucket`, Object.freeze({ ...labels, le: boundText(bound) })),
    );
    this.#sum = new Series(`${name}_sum`, labels);
    this.#count = new Series(`${name}_count`, labels);
  }

  /** Cumulative buckets, sum, count. */
  samples({ counts, sum }: HistogramValue): Sample[] {
    let total = 0;
    const buckets = this.#buckets.map((series, index) => {
      total += counts[index] ?? 0;
      return series.at(total);
    });
    return [...buckets, this.#sum.at(sum), this.#count.at(total)];
  }
}

/** A float as OpenMetrics and Prometheus 3 write it, in both formats alike: `1.0`. */
function boundText(bound: number): string {
  if (bound === Number.POSITIVE_INFINITY) return '+Inf';
  return Number.isInteger(bound) ? bound.toFixed(1) : String(bound);
}

function declare<L extends string>(
  name: string,
  kind: MetricKind,
  options: MetricOptions<L>,
  bounds: readonly number[] = [],
): Metric<L> {
  const labelNames = options.labels ?? [];
  const unlabelled = new Series(name, Object.freeze({}));
  const metric: Metric<L> = {
    name,
    kind,
    unit: options.unit ?? '',
    help: options.help,
    labelNames,
    bounds,
    series: (values, since) => {
      const clean: Record<string, string> = {};
      for (const label of labelNames) clean[label] = values[label].toWellFormed();
      return new Series(name, Object.freeze(clean), since);
    },
    family: (samples) => ({ metric, samples }),
    of: (value, values) => ({
      metric,
      samples: [(values === undefined ? unlabelled : metric.series(values)).at(value)],
    }),
  };
  return Object.freeze(metric);
}

/** https://prometheus.io/docs/instrumenting/exposition_formats/#comments-help-text-and-type-information */
function seriesText(name: string, labels: Labels): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escapeLabelValue(value)}"`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

function escapeLabelValue(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
