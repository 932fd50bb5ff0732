/** Debian's Chromium, and what axe-core says about a page in it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Starts the browser; close it at the end. */
export function openBrowser(): Promise<Browser> {
  // Chromium refuses its sandbox to root, as whom CI runs.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: '/usr/bin/chromium', args });
}

/** A page that is open, and what the browser complained about while it opened it. */
export interface OpenPage {
  readonly page: Page;
  readonly complaints: readonly string[];
  /** Addresses that the page made the browser ask for, itself included. */
  readonly requests: readonly string[];
}

export async function openPage(browser: Browser, url: string, options: BrowserContextOptions): Promise<OpenPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(url);
  return { page, complaints, requests };
}

/** The rules of axe-core that a page breaks, with the elements that break them. The page must allow scripts (`bypassCSP`). */
export async function accessibilityFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found: unknown = await page.evaluate(
    'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html).join(" ")))',
  );
  return Array.isArray(found) ? found.map(String) : [`axe-core gave no answer: ${JSON.stringify(found)}`];
}
