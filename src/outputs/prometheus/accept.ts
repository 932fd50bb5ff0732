/**
 * Content negotiation of a scrape: which exposition format the client likes best.
 *
 * https://prometheus.io/docs/instrumenting/content_negotiation/ and RFC 9110 §12.5.1. The general libraries compare every
 * parameter of a media range; Prometheus sends some that say nothing about the format (`escaping`), hence these few lines.
 */

/** A format that can be answered. */
export interface Format {
  readonly name: 'text' | 'openmetrics';
  readonly contentType: string;
}

export const TEXT: Format = { name: 'text', contentType: 'text/plain; version=0.0.4; charset=utf-8' };
export const OPENMETRICS: Format = {
  name: 'openmetrics',
  contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};
const OPENMETRICS_0: Format = {
  name: 'openmetrics',
  contentType: 'application/openmetrics-text; version=0.0.1; charset=utf-8',
};

interface MediaRange {
  readonly type: string;
  readonly version: string | undefined;
  readonly q: number;
}

/**
 * Picks the format for an Accept header.
 *
 * Text is the answer to everything that names no known format: a scraper that gets something beats one that gets a 406.
 *
 * @example negotiateFormat('application/openmetrics-text;version=1.0.0,text/plain;q=0.5') === OPENMETRICS
 */
export function negotiateFormat(accept: string | undefined): Format {
  let best = TEXT;
  let bestQ = 0;
  for (const range of (accept ?? '').split(',').map(parseRange)) {
    const format = formatFor(range);
    // Of equal weights the first one wins: clients list what they like best first.
    if (format !== undefined && range.q > bestQ) {
      best = format;
      bestQ = range.q;
    }
  }
  return best;
}

function formatFor({ type, version }: MediaRange): Format | undefined {
  switch (type) {
    case 'application/openmetrics-text':
      if (version === undefined || version === '1.0.0') return OPENMETRICS;
      return version === '0.0.1' ? OPENMETRICS_0 : undefined;
    case 'text/plain':
      return version === undefined || version === '0.0.4' ? TEXT : undefined;
    case 'text/*':
    case '*/*':
      return TEXT;
    default:
      return undefined;
  }
}

function parseRange(range: string): MediaRange {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  let version: string | undefined;
  let q = 1;
  for (const parameter of parameters) {
    const [key, value = ''] = parameter.split('=', 2).map((part) => part.trim());
    const plain = value.replace(/^"(.*)"$/, '$1');
    if (key === 'version') version = plain;
    if (key === 'q') q = Number.parseFloat(plain);
  }
  return { type, version, q: Number.isFinite(q) ? Math.min(Math.max(q, 0), 1) : 0 };
}
