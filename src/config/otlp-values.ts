/** Texts of the OpenTelemetry variables → values. What may be a secret is not repeated in an error. */
import { withoutQuery } from './secrets.ts';
import { quote, ValueError } from './values.ts';

export const OTLP_PROTOCOLS = ['http/protobuf', 'http/json', 'grpc'] as const;

export type OtlpProtocol = (typeof OTLP_PROTOCOLS)[number];

/** What the path of metrics ends in, over HTTP. */
const METRICS_PATH = '/v1/metrics';

/** A number of milliseconds, more than 0. */
export function parseMilliseconds(text: string): number {
  const value = /^\d+$/.test(text.trim()) ? Number(text) : 0;
  if (value > 0) return value;
  throw new ValueError(`must be a number of milliseconds above 0, not ${quote(text)}`);
}

/**
 * A URL to push to. Over gRPC its scheme may be missing, and its path does not count.
 *
 * @param insecure whether a URL without scheme means no TLS
 * @param complete whether the URL is used as it is; else the path of metrics is appended, unless it is there
 */
export function parseEndpoint(
  text: string,
  protocol: OtlpProtocol,
  { insecure, complete }: { readonly insecure: boolean; readonly complete: boolean },
): string {
  const trimmed = text.trim();
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed);
  const url = URL.parse(protocol === 'grpc' && !hasScheme ? `http${insecure ? '' : 's'}://${trimmed}` : trimmed);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    // Before an @ a password may stand.
    const shown = trimmed.includes('@') ? '' : `, not ${quote(withoutQuery(text))}`;
    throw new ValueError(`must be a URL such as https://otlp.example.com:4318${shown}`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new ValueError('must not hold a user name or password; use --otlp.headers for what they are needed for');
  }
  if (protocol === 'grpc') return url.origin;
  if (!complete && !url.pathname.endsWith(METRICS_PATH)) {
    url.pathname = url.pathname.replace(/\/?$/, METRICS_PATH);
  }
  return url.href;
}

/** Names that say how a push is sent: set by hand, they would break it. */
const OF_TRANSPORT = [
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/** `name=value,name=value`, percent-encoded → by name in lower case. */
export function parseHeaders(text: string, protocol: OtlpProtocol): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const [index, { key, value }] of parsePairs(text).entries()) {
    const name = key.toLowerCase();
    if (!/^[\w!#$%&'*+\-.^`|~]+$/.test(name)) throw new ValueError(`has no header name in item ${index + 1}`);
    if (protocol === 'grpc' && (!/^[a-z0-9_.-]+$/.test(name) || /^grpc-|-bin$/.test(name))) {
      throw new ValueError(
        `has a header name in item ${index + 1} that gRPC cannot send: only a-z 0-9 - _ . and no -bin`,
      );
    }
    if (OF_TRANSPORT.includes(name)) throw new ValueError(`must not set ${name}, which belongs to the transport`);
    if (!/^[\x20-\x7e]*$/.test(value)) {
      throw new ValueError(
        `has a value in item ${index + 1} that no header can hold: only printable ASCII can be sent`,
      );
    }
    headers[name] = value;
  }
  return headers;
}

/** `key=value,key=value`, percent-encoded. */
export function parseResourceAttributes(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(parsePairs(text).map(({ key, value }) => [key, value]));
}

function parsePairs(text: string): { readonly key: string; readonly value: string }[] {
  const items = text.split(',').filter((item) => item.trim() !== '');
  return items.map((item, index) => {
    const separator = item.indexOf('=');
    const key = item.slice(0, Math.max(0, separator)).trim();
    if (key === '') throw new ValueError(`must be a list such as name=value,name=value; item ${index + 1} is not`);
    try {
      return { key: decodeURIComponent(key), value: decodeURIComponent(item.slice(separator + 1).trim()) };
    } catch {
      throw new ValueError(`is not percent-encoded in item ${index + 1}: a % itself is written %25`);
    }
  });
}
