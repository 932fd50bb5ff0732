/** The `Authorization` header of HTTP basic authentication (RFC 7617). */

export interface Credentials {
  readonly user: string;
  readonly password: string;
}

const HEADER = /^basic +(?<encoded>(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?) *$/i;

/** `undefined` when there is no such header, or it is not exactly one: base64 of UTF-8 with a colon in it. */
export function parseBasicAuth(header: string | undefined): Credentials | undefined {
  const encoded = header === undefined ? undefined : HEADER.exec(header)?.groups?.encoded;
  if (encoded === undefined) return undefined;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(encoded, 'base64'));
  } catch {
    return undefined;
  }
  const colon = text.indexOf(':');
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
