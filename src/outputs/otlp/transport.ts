/** Which exporter of the SDK carries the metrics; only the one that is wanted is loaded. */
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { OtlpConfig } from '../../config/otlp.ts';

/** An exporter of the SDK. */
export interface Transport {
  readonly exporter: PushMetricExporter;
  /** Ends what it is doing, and lets go of its connections; it is not used again. */
  abandon(): void;
}

/** Makes a transport that knows nothing of those before it. */
export type ExporterFactory = () => Transport;

export async function loadTransport(config: OtlpConfig): Promise<ExporterFactory> {
  if (config.protocol === 'grpc') {
    const { grpcExporters } = await import('./grpc.ts');
    return grpcExporters(config);
  }
  const { httpExporters } = await import('./http.ts');
  return httpExporters(config);
}
