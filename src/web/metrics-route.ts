/** `GET /metrics`: which collectors, how long, which format, gzip or not. */
import { gzipSync, constants as zlib } from 'node:zlib';
import type { Request, Response } from 'express';
import type { Scraper } from '../collectors/scrape.ts';
import type { Config } from '../config/config.ts';
import type { Family } from '../metrics/metric.ts';
import { negotiateFormat } from '../outputs/prometheus/accept.ts';
import { render } from '../outputs/prometheus/render.ts';
import { plainText } from './plain-text.ts';
import { scrapeTimeout } from './timeout.ts';

export interface MetricsRouteOptions {
  readonly config: Config;
  readonly scraper: Scraper;
  /** Families about the exporter, asked for after the collectors are done. */
  readonly ownFamilies: () => readonly Family[];
}

/** A handler that may be called for every GET and HEAD of the telemetry path. */
export function metricsRoute({ config, scraper, ownFamilies }: MetricsRouteOptions) {
  let inFlight = 0;
  return async (request: Request, response: Response): Promise<void> => {
    const limit = config.web.maxRequests;
    if (limit > 0 && inFlight >= limit) {
      plainText(response, 503, `Limit of concurrent requests reached (${limit}), try again later.`);
      return;
    }
    const wanted = chooseCollectors(request.originalUrl, scraper.collectors);
    if (typeof wanted === 'string') {
      plainText(response, 400, wanted);
      return;
    }
    inFlight += 1;
    // Until the scrape is done and the client has read all of it, or is gone: both take what the limit is there for.
    const closed = new Promise<void>((resolve) => {
      response.once('close', resolve);
    });
    try {
      await answer(request, response, wanted);
    } finally {
      void closed.then(() => {
        inFlight -= 1;
      });
    }
  };

  async function answer(request: Request, response: Response, wanted: ReadonlySet<string>): Promise<void> {
    const header = request.get('X-Prometheus-Scrape-Timeout-Seconds');
    const { families } = await scraper.scrape(
      scrapeTimeout(header, config.scrape.timeout, config.scrape.timeoutMargin),
      wanted,
    );
    // The client did not wait: nobody would read it.
    if (response.destroyed) return;
    const format = negotiateFormat(request.get('Accept'));
    const body = Buffer.from(await render([...families, ...ownFamilies()], format));
    response.setHeader('Content-Type', format.contentType);
    response.setHeader('Vary', 'Accept, Accept-Encoding');
    send(response, body, request.acceptsEncodings('gzip', 'identity') === 'gzip');
  }
}

/**
 * Level 1 already makes a twentieth of it. Synchronous on purpose: the asynchronous one needs a thread of the pool, all of which
 * calls that hang in Windows may hold.
 */
function send(response: Response, body: Buffer, gzip: boolean): void {
  const encoded = gzip ? gzipSync(body, { level: zlib.Z_BEST_SPEED }) : body;
  if (gzip) response.setHeader('Content-Encoding', 'gzip');
  response.setHeader('Content-Length', encoded.length);
  response.end(encoded);
}

/** The collectors that `collect[]` or `exclude[]` ask for; a text when they cannot be meant. */
function chooseCollectors(url: string, names: readonly string[]): ReadonlySet<string> | string {
  const query = new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');
  const collect = query.getAll('collect[]');
  const exclude = query.getAll('exclude[]');
  if (collect.length > 0 && exclude.length > 0) return 'Combined collect[] and exclude[] queries are not allowed.';
  for (const name of [...collect, ...exclude]) {
    if (!names.includes(name)) {
      return `Unknown or disabled collector ${JSON.stringify(name)}; enabled are: ${names.join(', ')}.`;
    }
  }
  return collect.length > 0 ? new Set(collect) : new Set(names.filter((name) => !exclude.includes(name)));
}
