/** Pushes snapshots over OTLP: everything that is needed for it is loaded with this file. */
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import type { OtlpConfig } from '../../config/otlp.ts';
import type { Logger } from '../../logging/logger.ts';
import type { Family } from '../../metrics/metric.ts';
import { connectDiagnostics, redactor } from './diagnostics.ts';
import { ExportCounts } from './exports.ts';
import { SnapshotProducer } from './producer.ts';
import { resourceAttributes } from './resource.ts';
import { type ExporterFactory, loadTransport } from './transport.ts';
import { WatchedExporter } from './watched-exporter.ts';

/** Takes a snapshot that is there after so many milliseconds at the latest. */
export type TakeSnapshot = (timeout: number) => Promise<readonly Family[]>;

export interface PushOptions {
  readonly snapshot: TakeSnapshot;
  /** Milliseconds that a snapshot may take. */
  readonly snapshotTimeout: number;
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
  const redact = redactor(config.headers);
  connectDiagnostics(config.logLevel, log, redact);
  const counts = new ExportCounts();
  let limit = Math.min(config.interval, snapshotTimeout);
  const reader = new PeriodicExportingMetricReader({
    exporter: new WatchedExporter({
      makeTransport,
      timeout: config.timeout,
      counts,
      log,
      redact,
    }),
    exportIntervalMillis: config.interval,
    // The exporter under watch has ended long before.
    exportTimeoutMillis: config.interval,
    metricProducers: [new SnapshotProducer(() => snapshot(limit))],
  });
  const resource = resourceFromAttributes(resourceAttributes(hostId, config.resource));
  const provider = new MeterProvider({ resource, readers: [reader] });
  const { protocol, interval } = config;
  log.info('Pushing over OTLP', { endpoint: withoutQuery(config.endpoint), protocol, interval: `${interval / 1000}s` });
  void provider.forceFlush();
  return {
    families: () => counts.families(),
    async stop(grace) {
      // Half of what there is, so that the other half is left for pushing.
      limit = Math.min(limit, grace / 2);
      try {
        await provider.shutdown({ timeoutMillis: grace });
      } catch {
        log.warn('The last OTLP push was not over in time');
      }
    },
  };
}

/** Some backends take their key in the query. */
function withoutQuery(url: string): string {
  return url.replace(/\?.*$/s, '');
}
