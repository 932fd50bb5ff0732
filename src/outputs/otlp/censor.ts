/** What may be repeated of texts that come with a push: a backend may say again what it was sent, in whatever form. */
import type { OtlpConfig } from '../../config/otlp.ts';
import { withoutSecrets } from '../../config/secrets.ts';
import { printable } from '../../text/printable.ts';

/** As much of one text as belongs into the log: how long it is decides whoever sent it. */
const LONGEST = 300;

const REDACTED = '<redacted>';

export interface Censor {
  /**
   * Whether the words of a backend may be repeated. Not where a secret is sent to it: that could come back turned round,
   * packed or cut in two, and no search would find it.
   */
  readonly quotes: boolean;
  /** A text of ours, or one that may be repeated: without secrets, on one line, with an end. */
  clean(text: string): string;
}

export function makeCensor({ headers, endpoint }: Pick<OtlpConfig, 'headers' | 'endpoint'>): Censor {
  const secrets = [...Object.values(headers), new URL(endpoint).search.slice(1)].flatMap(formsOf);
  const patterns = [...new Set(secrets)].toSorted((a, b) => b.length - a.length).map(patternOf);
  return {
    quotes: Object.keys(headers).length === 0 && !endpoint.includes('?'),
    clean(text) {
      // Redacted as a whole: of a secret that is cut off the rest would no longer be known.
      const redacted = patterns.reduce((left, pattern) => left.replaceAll(pattern, REDACTED), withoutSecrets(text));
      return clipped(printable(redacted));
    },
  };
}

function clipped(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST).toWellFormed()}…` : text;
}

/** A value and its words (of `Basic abc` also `abc`, and what `abc` means) as they may stand in a text. */
function formsOf(value: string): string[] {
  const words = value.split(/[\s&=]+/);
  const credentials = /^basic\s+(?<encoded>\S+)$/i.exec(value)?.groups?.encoded ?? '';
  const decoded = Buffer.from(credentials, 'base64').toString();
  const all = [value, ...words, decoded, ...decoded.split(':')];
  return all
    .flatMap((text) => [text, encodeURIComponent(text.toWellFormed()), JSON.stringify(text).slice(1, -1)])
    .filter((text) => text !== '');
}

/** Short ones are found as words only: else every number would be one. */
function patternOf(secret: string): RegExp {
  const escaped = secret.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
  return secret.length >= 6 ? new RegExp(escaped, 'g') : new RegExp(`(?<![\\w.:])${escaped}(?![\\w.:])`, 'g');
}
