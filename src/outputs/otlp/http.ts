/** Exporters over HTTP. */
import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { OtlpConfig } from '../../config/otlp.ts';
import { readTlsFiles } from '../../config/otlp-files.ts';
import { VERSION } from '../../version.ts';
import { CONCURRENCY, type ExporterFactory } from './transport.ts';

/** Loads the exporter of one encoding; compression it reads from the environment itself. */
export async function httpExporters(config: OtlpConfig): Promise<ExporterFactory> {
  const { OTLPMetricExporter } =
    config.protocol === 'http/json'
      ? await import('@opentelemetry/exporter-metrics-otlp-http')
      : await import('@opentelemetry/exporter-metrics-otlp-proto');
  const { endpoint: url, headers, timeout: timeoutMillis } = config;
  return () => {
    const agent = makeAgent(config);
    const userAgent = `ras_exporter/${VERSION}`;
    const options = {
      url,
      headers,
      timeoutMillis,
      concurrencyLimit: CONCURRENCY,
      userAgent,
      httpAgentOptions: () => agent,
    };
    return {
      exporter: new OTLPMetricExporter(options),
      // Its time limit only looks for silence: a backend that sends a byte now and then would hold a request for ever.
      abandon: () => agent.destroy(),
    };
  };
}

function makeAgent({ endpoint, tls }: OtlpConfig): Agent {
  if (endpoint.startsWith('http:')) return new Agent({ keepAlive: true });
  const { ca, cert, key } = readTlsFiles(tls);
  return new TlsAgent({
    keepAlive: true,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  });
}
