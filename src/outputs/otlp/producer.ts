/**
 * A snapshot for each push. The instruments of the SDK are no way to it: those that are observed never forget a connection that
 * is gone (https://github.com/open-telemetry/opentelemetry-js/issues/4096).
 */
import { emptyResource } from '@opentelemetry/resources';
import type { CollectionResult, MetricProducer } from '@opentelemetry/sdk-metrics';
import type { Family } from '../../metrics/metric.ts';
import { VERSION } from '../../version.ts';
import { toMetricData } from './metric-data.ts';

export class SnapshotProducer implements MetricProducer {
  readonly #snapshot: () => Promise<readonly Family[]>;

  constructor(snapshot: () => Promise<readonly Family[]>) {
    this.#snapshot = snapshot;
  }

  async collect(): Promise<CollectionResult> {
    const metrics = toMetricData(await this.#snapshot(), Date.now());
    const scope = { name: 'ras_exporter', version: VERSION };
    // The resource is that of the provider.
    return { resourceMetrics: { resource: emptyResource(), scopeMetrics: [{ scope, metrics }] }, errors: [] };
  }
}
