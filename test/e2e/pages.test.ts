/** The pages in a real browser: narrow and wide, light and dark, without scripts, and for people who do not see them. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessibilityFindings, openBrowser, openPage } from '../support/browser.ts';
import { type ExporterProcess, startExporterProcess } from '../support/exporter-process.ts';
import { isMissing } from '../support/requirements.ts';

const VIEWS = (['light', 'dark'] as const).flatMap((colorScheme) =>
  [360, 1400].map((width) => ({ colorScheme, width, viewport: { width, height: 900 } })),
);

const PAGES = ['/', '/debug/scrape'];

describe.skipIf(isMissing('chromium'))('the pages', () => {
  let browser: Browser;
  let exporter: ExporterProcess;

  beforeAll(async () => {
    [browser, exporter] = await Promise.all([openBrowser(), startExporterProcess()]);
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    exporter.kill('SIGKILL');
  });

  describe.each(PAGES)('%s', (path) => {
    it.each(VIEWS)('can be read by everybody: $colorScheme, $width px', { timeout: 30_000 }, async (view) => {
      // The policy of the page would not let axe-core in.
      const { page } = await openPage(browser, exporter.url + path, { ...view, bypassCSP: true });
      expect(await accessibilityFindings(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(view.width);
      await page.context().close();
    });

    it('needs no script, and nothing from elsewhere', { timeout: 30_000 }, async () => {
      const { page, complaints, requests } = await openPage(browser, exporter.url + path, { javaScriptEnabled: false });
      expect(requests).toEqual([exporter.url + path]);
      // A style sheet that the policy refused would be a complaint.
      expect(complaints).toEqual([]);
      expect(await page.locator('main table').count()).toBeGreaterThan(0);
      await page.context().close();
    });
  });

  it('tell a state by its word, and by a colour of its own', { timeout: 30_000 }, async () => {
    const { page } = await openPage(browser, `${exporter.url}/`, { bypassCSP: true });
    const colours = await page.evaluate(`Object.fromEntries([...document.querySelectorAll('.counts .state')].map(
      (badge) => [badge.textContent.replace(/^\\d+ /, ''), getComputedStyle(badge).backgroundColor]))`);
    expect(colours).toMatchObject({
      connected: expect.stringMatching(/^rgb/),
      disconnected: expect.stringMatching(/^rgb/),
    });
    const different = new Set(Object.values(colours ?? {}));
    expect(different.size).toBeGreaterThan(1);
    await page.context().close();
  });

  it('become a list of cards on a phone, each value with its name', { timeout: 30_000 }, async () => {
    const { page } = await openPage(browser, `${exporter.url}/`, {
      viewport: { width: 360, height: 800 },
      bypassCSP: true,
    });
    const [display, label] = [
      `getComputedStyle(document.querySelector('tbody tr')).display`,
      `getComputedStyle(document.querySelector('td[data-label="Server"]'), '::before').content`,
    ];
    expect(await page.evaluate(display)).toBe('block');
    expect(await page.evaluate(label)).toBe('"Server: "');
    await page.context().close();
  });
});
