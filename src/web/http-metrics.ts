/** Counts the answers of the HTTP server. */
import type { NextFunction, Request, Response } from 'express';
import { counter, type Family } from '../metrics/metric.ts';

const requests = counter('ras_exporter_http_requests_total', {
  help: 'HTTP requests answered, by what was asked for and by status code.',
  labels: ['handler', 'code'],
});

export const httpMetrics = [requests];

export class HttpRequests {
  readonly #counts = new Map<string, number>();

  /** @param known answers that are certain to be possible: they start at 0, where `increase()` sees the first */
  constructor(known: readonly (readonly [handler: string, code: number])[]) {
    for (const [handler, code] of known) this.#counts.set(`${handler} ${code}`, 0);
  }

  /** Middleware that counts answers: those of the telemetry path as `metrics`, all others as `other`. */
  counting(telemetryPath: string) {
    return (request: Request, response: Response, next: NextFunction): void => {
      const handler = request.path === telemetryPath ? 'metrics' : 'other';
      response.once('finish', () => {
        const key = `${handler} ${response.statusCode}`;
        this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
      });
      next();
    };
  }

  families(): Family[] {
    const samples = [...this.#counts].map(([key, value]) => {
      const [handler = '', code = ''] = key.split(' ');
      return requests.series({ handler, code }).at(value);
    });
    return [requests.family(samples)];
  }
}
