/**
 * A receiver of OTLP that is not made from the SDK: it decodes all three protocols with the official protocol files.
 *
 * One per test file: receivers of one process hear each other.
 */
import { MockOtlpServer } from '@elastic/mockotlpserver';
import { prometheusLabel, prometheusName } from './translate.ts';

/** One value with its attributes; of a histogram its sum. */
export interface Point {
  readonly attributes: Readonly<Record<string, string>>;
  readonly value: number;
  /** Of a histogram: upper bound → how often, each without those below it. */
  readonly buckets: ReadonlyMap<number, number>;
  /** Fixed64 of Unix time, rounded. */
  readonly start: number;
  readonly time: number;
}

export interface ReceivedMetric {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly kind: 'gauge' | 'counter' | 'sum' | 'histogram';
  readonly cumulative: boolean;
  readonly points: readonly Point[];
}

/** One push. */
export interface Received {
  readonly resource: Readonly<Record<string, string>>;
  readonly scope: string;
  readonly metrics: ReadonlyMap<string, ReceivedMetric>;
}

export interface OtlpReceiver {
  readonly http: string;
  readonly grpc: string;
  readonly pushes: readonly Received[];
  /** Of the requests over HTTP. */
  readonly headers: readonly Readonly<Record<string, string>>[];
  close(): Promise<void>;
}

export async function startReceiver(): Promise<OtlpReceiver> {
  const pushes: Received[] = [];
  const headers: Readonly<Record<string, string>>[] = [];
  const server = new MockOtlpServer({
    logLevel: 'fatal',
    services: ['http', 'grpc'],
    httpHostname: '127.0.0.1',
    httpPort: 0,
    grpcHostname: '127.0.0.1',
    grpcPort: 0,
    onMetrics: (request) => void pushes.push(readRequest(request)),
    onRequest: (request) => void headers.push(request.headers ?? {}),
  });
  await server.start();
  const origin = (url: URL) => `http://127.0.0.1:${url.port}`;
  return {
    http: origin(server.httpUrl),
    grpc: origin(server.grpcUrl),
    pushes,
    headers,
    close: () => server.close(),
  };
}

/** The points of a metric by their attributes: `{a="b"}` → value. */
export function pointsOf(push: Received | undefined, name: string): Record<string, number> {
  const points = push?.metrics.get(name)?.points ?? [];
  return Object.fromEntries(points.map(({ attributes, value }) => [JSON.stringify(attributes), value]));
}

/** The series of a push as /metrics would write them. */
export function seriesOfPush({ metrics }: Received): Map<string, number> {
  const series = new Map<string, number>();
  for (const metric of metrics.values()) {
    const name = prometheusName(metric);
    for (const { attributes, value, buckets } of metric.points) {
      if (metric.kind !== 'histogram') {
        series.set(seriesText(name, attributes), value);
        continue;
      }
      let total = 0;
      for (const [bound, count] of buckets) {
        total += count;
        const le = bound === Number.POSITIVE_INFINITY ? '+Inf' : Number.isInteger(bound) ? `${bound}.0` : String(bound);
        series.set(seriesText(`${name}_bucket`, { ...attributes, le }), total);
      }
      series.set(seriesText(`${name}_sum`, attributes), value);
      series.set(seriesText(`${name}_count`, attributes), total);
    }
  }
  return series;
}

function seriesText(name: string, attributes: Readonly<Record<string, string>>): string {
  const escaped = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
  const labels = Object.entries(attributes).map(([label, text]) => `${prometheusLabel(label)}="${escaped(text)}"`);
  return labels.length === 0 ? name : `${name}{${labels.join(',')}}`;
}

interface KeyValue {
  readonly key: string;
  readonly value: { readonly stringValue?: string };
}

/** A fixed64: a text in JSON, two halves from the protocol files. */
type Fixed64 = string | number | { readonly low: number; readonly high: number };

interface NumberPoint {
  readonly attributes?: readonly KeyValue[];
  readonly asDouble?: number;
  readonly sum?: number;
  readonly explicitBounds?: readonly number[];
  readonly bucketCounts?: readonly Fixed64[];
  readonly startTimeUnixNano: Fixed64;
  readonly timeUnixNano: Fixed64;
}

interface Sum {
  readonly isMonotonic?: boolean;
  readonly aggregationTemporality?: number | string;
  readonly dataPoints: readonly NumberPoint[];
}

interface Metric {
  readonly name: string;
  readonly description?: string;
  readonly unit?: string;
  readonly gauge?: Sum;
  readonly sum?: Sum;
  readonly histogram?: Sum;
}

interface Request {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeMetrics: readonly {
      readonly scope: { readonly name: string };
      readonly metrics: readonly Metric[];
    }[];
  }[];
}

function readRequest(request: unknown): Received {
  // As JSON: what the decoders of the protocols make of it differs.
  const { resourceMetrics }: Request = JSON.parse(JSON.stringify(request));
  const [only, ...others] = resourceMetrics;
  const [scope, ...otherScopes] = only?.scopeMetrics ?? [];
  if (only === undefined || scope === undefined || others.length + otherScopes.length > 0) {
    throw new Error('more or less than one resource with one scope');
  }
  const metrics = scope.metrics.map(readMetric);
  const byName = new Map(metrics.map((metric) => [metric.name, metric]));
  if (byName.size !== metrics.length) throw new Error('a metric appears twice');
  return { resource: readAttributes(only.resource.attributes), scope: scope.scope.name, metrics: byName };
}

function readMetric({ name, description = '', unit = '', gauge, sum, histogram }: Metric): ReceivedMetric {
  const content = gauge ?? sum ?? histogram;
  if (content === undefined) throw new Error(`${name} holds nothing`);
  const ofSum = sum?.isMonotonic === true ? 'counter' : 'sum';
  return {
    name,
    description,
    unit,
    kind: gauge !== undefined ? 'gauge' : histogram !== undefined ? 'histogram' : ofSum,
    cumulative: String(content.aggregationTemporality).replace('AGGREGATION_TEMPORALITY_CUMULATIVE', '2') === '2',
    points: content.dataPoints.map((point) => ({
      attributes: readAttributes(point.attributes ?? []),
      value: point.asDouble ?? point.sum ?? Number.NaN,
      buckets: new Map(
        (point.bucketCounts ?? []).map((count, index) => [
          point.explicitBounds?.[index] ?? Number.POSITIVE_INFINITY,
          readFixed64(count),
        ]),
      ),
      start: readFixed64(point.startTimeUnixNano),
      time: readFixed64(point.timeUnixNano),
    })),
  };
}

function readAttributes(attributes: readonly KeyValue[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? 'not a text']));
}

function readFixed64(value: Fixed64): number {
  return typeof value === 'object' ? value.high * 2 ** 32 + (value.low >>> 0) : Number(value);
}
