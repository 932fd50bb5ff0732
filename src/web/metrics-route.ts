/** `GET /metrics`: which collectors, how long, which format, gzip or not. */
import { gzipSync, constants as zlib } from 'node:zlib';
import type { Request, Response } from 'express';
import type { Scraper } from '../collectors/scrape.ts';
import type { Config } from '../config/config.ts';
import type { Family } from '../metrics/metric.ts';
import { negotiateFormat } from '../outputs/prometheus/accept.ts';
import { render } from '../outputs/prometheus/render.ts';
import type { Answers } from './answers.ts';
import { leaving } from './leaving.ts';
import { plainText } from './plain-text.ts';
import { noSlotText, type Slots } from './slots.ts';
import { scrapeTimeout } from './timeout.ts';

export interface MetricsRouteOptions {
  readonly config: Config;
  readonly scraper: Scraper;
  readonly slots: Slots;
  readonly answers: Answers;
  /** Families about the exporter, asked for after the collectors are done. */
  readonly ownFamilies: () => readonly Family[];
}

/** A handler that may be called for every GET and HEAD of the telemetry path. */
export function metricsRoute({ config, scraper, slots, answers, ownFamilies }: MetricsRouteOptions) {
  return async (request: Request, response: Response): Promise<void> => {
    const wanted = chooseCollectors(request.originalUrl, scraper.collectors);
    if (typeof wanted === 'string') {
      plainText(response, 400, wanted);
      return;
    }
    const done = slots.take(response);
    if (done === undefined) {
      plainText(response, 503, noSlotText(config.web.maxRequests));
      return;
    }
    try {
      await answer(request, response, wanted);
    } finally {
      done();
    }
  };

  async function answer(request: Request, response: Response, wanted: ReadonlySet<string>): Promise<void> {
    const header = request.get('X-Prometheus-Scrape-Timeout-Seconds');
    const { families } = await scraper.scrape(
      scrapeTimeout(header, config.scrape.timeout, config.scrape.timeoutMargin),
      wanted,
      { left: leaving(response) },
    );
    // The client did not wait: nobody would read it.
    if (response.destroyed) return;
    const format = negotiateFormat(request.get('Accept'));
    const body = Buffer.from(await render([...families, ...ownFamilies()], format));
    response.setHeader('Content-Type', format.contentType);
    response.setHeader('Vary', 'Accept, Accept-Encoding');
    const gzip = request.acceptsEncodings('gzip', 'identity') === 'gzip';
    if (gzip) response.setHeader('Content-Encoding', 'gzip');
    answers.send(response, gzip ? packed(body) : body);
  }
}

/**
 * Level 1 already makes a twentieth of it. Synchronous on purpose: the asynchronous one needs a thread of the pool, all of which
 * calls that hang in Windows may hold.
 */
function packed(body: Buffer): Buffer {
  return gzipSync(body, { level: zlib.Z_BEST_SPEED });
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
