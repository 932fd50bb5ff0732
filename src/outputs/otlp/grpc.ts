/** Exporters over gRPC. */
import { type ChannelCredentials, credentials, Metadata } from '@grpc/grpc-js';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-grpc';
import type { OtlpConfig } from '../../config/otlp.ts';
import { readTlsFiles } from '../../config/otlp-files.ts';
import { VERSION } from '../../version.ts';
import { CONCURRENCY, type ExporterFactory } from './transport.ts';

/** Compression it reads from the environment itself. */
export function grpcExporters(config: OtlpConfig): ExporterFactory {
  const { endpoint: url, headers, timeout: timeoutMillis } = config;
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  const userAgent = `ras_exporter/${VERSION}`;
  return () => {
    const channel = channelCredentials(config);
    const options = { url, metadata, timeoutMillis, concurrencyLimit: CONCURRENCY, userAgent, credentials: channel };
    const exporter = new OTLPMetricExporter(options);
    return { exporter, abandon: () => void exporter.shutdown().catch(() => {}) };
  };
}

function channelCredentials({ endpoint, tls }: OtlpConfig): ChannelCredentials {
  if (endpoint.startsWith('http:')) return credentials.createInsecure();
  const { ca, cert, key } = readTlsFiles(tls);
  const bytes = (text: string | undefined) => (text === undefined ? null : Buffer.from(text));
  return credentials.createSsl(bytes(ca), bytes(key), bytes(cert));
}
