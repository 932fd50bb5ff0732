/** The handlers of the pages. */
import type { Request, Response } from 'express';
import { overviewOf } from '../../collectors/overview.ts';
import type { Scraper } from '../../collectors/scrape.ts';
import type { Config } from '../../config/config.ts';
import type { Windows } from '../../ras/windows.ts';
import type { Answers } from '../answers.ts';
import { leaving } from '../leaving.ts';
import { plainText } from '../plain-text.ts';
import { noSlotText, type Slots } from '../slots.ts';
import { scrapeTimeout } from '../timeout.ts';
import { landingPage } from './landing.ts';
import { sendPage } from './page.ts';

export interface PagesOptions {
  readonly config: Config;
  readonly scraper: Scraper;
  readonly windows: Windows;
  readonly slots: Slots;
  readonly answers: Answers;
}

/** Milliseconds that somebody who looks at a page is let wait; what is not known by then is said to be missing. */
const PATIENCE = 3000;

/** Milliseconds for the text of each error. */
const TEXT_PATIENCE = 500;

/** `GET /` */
export function landingRoute({ config, scraper, windows, slots, answers }: PagesOptions) {
  return withSlot(config, slots, async (_request, response) => {
    const { families, results } = await scraper.scrape(patience(config), undefined, { left: leaving(response) });
    // The client did not wait: nobody would read it.
    if (response.destroyed) return;
    const connections = await overviewOf(families, windows.ras, TEXT_PATIENCE);
    const { telemetryPath } = config.web;
    const landing = { api: windows.name, telemetryPath, connections, results, now: Date.now() };
    sendPage(answers, response, 200, landingPage(landing));
  });
}

/** `GET /debug/scrape` */
export function debugRoute({ config, scraper, windows, slots, answers }: PagesOptions) {
  return withSlot(config, slots, async (request, response) => {
    const traced = await scraper.scrapeTraced(patience(config), leaving(response));
    if (traced === undefined || response.destroyed) return;
    const { snapshot, trace } = traced;
    // Loaded where it is wanted: nobody else lays out text.
    const { debugPage, debugText } = await import('./debug.ts');
    const debug = { api: windows.name, results: snapshot.results, trace, now: Date.now() };
    // Browsers name HTML; who takes anything is a person at a terminal.
    if (/\btext\/html\b/.test(request.get('Accept') ?? '')) sendPage(answers, response, 200, debugPage(debug));
    else sendText(answers, response, debugText(debug));
  });
}

function patience({ scrape: { timeout, timeoutMargin } }: Config): number {
  return Math.min(scrapeTimeout(undefined, timeout, timeoutMargin), PATIENCE);
}

function withSlot(config: Config, slots: Slots, answer: (request: Request, response: Response) => Promise<void>) {
  return async (request: Request, response: Response): Promise<void> => {
    const done = slots.take(response);
    if (done === undefined) {
      plainText(response, 503, noSlotText(config.web.maxRequests));
      return;
    }
    try {
      await answer(request, response);
    } finally {
      done();
    }
  };
}

function sendText(answers: Answers, response: Response, text: string): void {
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Vary', 'Accept');
  answers.send(response, Buffer.from(text));
}
