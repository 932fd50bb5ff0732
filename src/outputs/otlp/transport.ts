/** Which exporter of the SDK carries the metrics; only the one that is wanted is loaded. */
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { OtlpConfig } from '../../config/otlp.ts';

/** There is never more than one request; but the next part of a snapshot follows before the one before has left the queue. */
export const CONCURRENCY = 2;

/** An exporter of the SDK. */
export interface Transport {
  readonly exporter: PushMetricExporter;
  /** Ends what it is doing, and lets go of its connections; it is not used again. */
  abandon(): void;
}

/** Makes a transport that knows nothing of those before it: files, too, are read anew. */
export type ExporterFactory = () => Transport;

export async function loadTransport(config: OtlpConfig): Promise<ExporterFactory> {
  if (config.protocol === 'grpc') {
    const { grpcExporters } = await import('./grpc.ts');
    return grpcExporters(config);
  }
  const { httpExporters } = await import('./http.ts');
  return httpExporters(config);
}
