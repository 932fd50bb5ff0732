/** Pushes snapshots over OTLP: everything that is needed for it is loaded with this file. */
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import type { OtlpConfig } from '../../config/otlp.ts';
import { withoutSecrets } from '../../config/secrets.ts';
import type { Logger } from '../../logging/logger.ts';
import type { Family } from '../../metrics/metric.ts';
import { makeCensor } from './censor.ts';
import { connectDiagnostics } from './diagnostics.ts';
import { ExportCounts } from './exports.ts';
import { SnapshotProducer } from './producer.ts';
import { resourceAttributes } from './resource.ts';
import { Snapshots, type TakeSnapshot } from './snapshots.ts';
import { type ExporterFactory, loadTransport } from './transport.ts';
import { WatchedExporter } from './watched-exporter.ts';

export interface PushOptions {
  readonly snapshot: TakeSnapshot;
  /** Milliseconds that a snapshot may take, now: a reload may change it. */
  readonly snapshotTimeout: () => number;
  /** What the machine calls itself. */
  readonly hostId: string | undefined;
  readonly log: Logger;
}

/** Metrics that are being pushed. */
export interface Push {
  /** What became of the pushes. */
  families(): readonly Family[];
  /** Pushes a last snapshot, for at most `grace` milliseconds, and ends. */
  stop(grace: number): Promise<void>;
}

/** Loads what is needed, and returns what begins: pushes at once, and then in every interval. */
export async function preparePush(config: OtlpConfig): Promise<(options: PushOptions) => Push> {
  const makeTransport = await loadTransport(config);
  return (options) => startPush(config, makeTransport, options);
}

function startPush(
  config: OtlpConfig,
  makeTransport: ExporterFactory,
  { snapshot, snapshotTimeout, hostId, log }: PushOptions,
): Push {
  const censor = makeCensor(config);
  const counts = new ExportCounts();
  const exporter = new WatchedExporter({ makeTransport, timeout: config.timeout, counts, log, censor });
  connectDiagnostics(config.logLevel, log, censor, exporter.answers);
  const snapshots = new Snapshots(snapshot, snapshotTimeout);
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: config.interval,
    // The exporter under watch has ended long before.
    exportTimeoutMillis: config.interval,
    metricProducers: [new SnapshotProducer(() => snapshots.take())],
  });
  const resource = resourceFromAttributes(resourceAttributes(hostId, config.resource));
  const provider = new MeterProvider({ resource, readers: [reader] });
  const { protocol, interval } = config;
  log.info('Pushing over OTLP', {
    endpoint: withoutSecrets(config.endpoint),
    protocol,
    interval: `${interval / 1000}s`,
  });
  void provider.forceFlush();
  return {
    families: () => counts.families(),
    async stop(grace) {
      // Half of what there is, so that the other half is left for pushing.
      snapshots.endWithin(grace / 2);
      exporter.hurry(grace / 4);
      try {
        await provider.shutdown({ timeoutMillis: grace });
      } catch {
        log.warn('The last OTLP push was not over in time');
      }
    },
  };
}
