/** What every page of the exporter has: one style sheet, no script, nothing from elsewhere, and headers that allow no more. */
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { VERSION } from '../../version.ts';
import type { Answers } from '../answers.ts';
import { type Html, html } from './html.ts';
import { STYLE } from './style.ts';

/** One sentence at the top of a page that must not be missed. */
export interface Notice {
  readonly kind: 'warning' | 'problem';
  readonly text: string;
}

/** The parts of a page. */
export interface Page {
  readonly title: string;
  readonly notices: readonly Notice[];
  readonly body: Html;
}

let policy: string | undefined;

/** Sends a page; `status` is that of the HTTP answer. */
export function sendPage(answers: Answers, response: ServerResponse, status: number, page: Page): void {
  policy ??= [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
    // The icon is in the page itself, lest browsers ask for one.
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  const body = Buffer.from(documentOf(page));
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  // One that the web configuration asks for stays.
  if (!response.hasHeader('Content-Security-Policy')) response.setHeader('Content-Security-Policy', policy);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Referrer-Policy', 'no-referrer');
  // It shows this moment.
  response.setHeader('Cache-Control', 'no-store');
  answers.send(response, body);
}

function documentOf({ title, notices, body }: Page): string {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${{ html: STYLE }}</style>
</head>
<body>
<header>
<p class="name"><a href="/">ras_exporter</a> <span class="version">${VERSION}</span></p>
<p>Prometheus and OpenTelemetry exporter for Windows Remote Access (RAS) connections</p>
</header>
<main>
${notices.map(({ kind, text }) => html`<p class="notice ${kind}">${text}</p>\n`)}${body}
</main>
</body>
</html>
`.html;
}

/** `1 d 4 h`, `3 h 12 min`, `5 min`, `12 s`: the two largest units are enough. */
export function durationText(seconds: number): string {
  if (seconds < 0) return '0 s';
  const units = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
  ] as const;
  const first = units.findIndex(([size]) => seconds >= size);
  if (first < 0) return '0 s';
  let rest = Math.floor(seconds);
  const parts: string[] = [];
  for (const [size, unit] of units.slice(first, first + 2)) {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0) parts.push(`${amount} ${unit}`);
  }
  return parts.join(' ');
}
