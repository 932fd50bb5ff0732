/** The routes. Every error is short plain text; nothing tells which library answers. */
import express, { type Express, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import type { Scraper } from '../collectors/scrape.ts';
import type { Config } from '../config/config.ts';
import type { ReloadReport } from '../config/live.ts';
import type { Logger } from '../logging/logger.ts';
import type { Family } from '../metrics/metric.ts';
import type { Windows } from '../ras/windows.ts';
import { REVISION, VERSION } from '../version.ts';
import { Answers } from './answers.ts';
import { closeAfterBodies, refuseBodies } from './bodies.ts';
import { HttpRequests } from './http-metrics.ts';
import { metricsRoute } from './metrics-route.ts';
import { debugRoute, landingRoute } from './pages/routes.ts';
import { plainText } from './plain-text.ts';
import { reloadRoute } from './reload-route.ts';
import { Slots } from './slots.ts';

export interface AppOptions {
  readonly config: Config;
  readonly scraper: Scraper;
  readonly windows: Windows;
  readonly log: Logger;
  /** Whether the RAS API could be started. */
  readonly ready: () => boolean;
  /** Families about the exporter beside those of its HTTP server. */
  readonly ownFamilies: () => readonly Family[];
  readonly reload: () => Promise<ReloadReport>;
  /** What every request has to pass first. */
  readonly guard?: RequestHandler | undefined;
}

/** Makes the application; it listens nowhere yet. */
export function createApp({ config, scraper, windows, log, ready, ownFamilies, reload, guard }: AppOptions): Express {
  const { telemetryPath, lifecycle } = config.web;
  const codes = [200, 400, 500, 503, ...(guard === undefined ? [] : [401, 429])];
  const requests = new HttpRequests(codes.map((code) => ['metrics', code] as const));
  const slots = new Slots(() => config.web.maxRequests);
  const answers = new Answers();
  const app = express();
  app
    .disable('x-powered-by')
    .disable('etag')
    .set('query parser', false)
    .enable('case sensitive routing')
    .enable('strict routing');

  // What a request is refused for is told to those only who may ask.
  app.use(requests.counting(telemetryPath), closeAfterBodies, ...(guard === undefined ? [] : [guard]), refuseBodies);
  app.all('/-/reload', reloadRoute(lifecycle, reload));
  app.use(onlyReading);
  app.get(
    telemetryPath,
    metricsRoute({
      config,
      scraper,
      slots,
      answers,
      ownFamilies: () => [...ownFamilies(), ...(config.web.exporterMetrics ? requests.families() : [])],
    }),
  );
  const pages = { config, scraper, windows, slots, answers };
  app.get('/', landingRoute(pages));
  app.get('/debug/scrape', debugRoute(pages));
  app.get('/-/healthy', (_request, response) => plainText(response, 200, 'Healthy'));
  app.get('/-/ready', (_request, response) =>
    ready() ? plainText(response, 200, 'Ready') : plainText(response, 503, 'Not ready: the RAS API cannot be loaded'),
  );
  app.get('/health', (_request, response) => {
    response.json({ status: 'ok' });
  });
  app.get('/version', (_request, response) => {
    response.json({ version: VERSION, revision: REVISION, nodeVersion: process.version, api: windows.name });
  });
  app.use((_request, response) => plainText(response, 404, 'Not found'));
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    const bad = typeof error === 'object' && error !== null && 'status' in error && error.status === 400;
    if (!bad) log.error('Request failed', { path: request.path, err: String(error) });
    if (response.headersSent) response.destroy();
    else plainText(response, bad ? 400 : 500, bad ? 'Bad request' : 'Internal server error');
  });
  return app;
}

function onlyReading(request: Request, response: Response, next: NextFunction): void {
  if (request.method === 'GET' || request.method === 'HEAD') {
    next();
    return;
  }
  response.setHeader('Allow', 'GET, HEAD');
  plainText(response, 405, 'Method not allowed');
}
