/** The subject alternative names of a certificate. */
import { isIPv6 } from 'node:net';

const KINDS: readonly string[] = ['DNS', 'email', 'IP Address', 'URI'];

/**
 * Reads what `X509Certificate.subjectAltName` says: `DNS:a.example, IP Address:127.0.0.1, URI:"with, comma"`.
 *
 * @returns DNS names, e-mail addresses, IP addresses (IPv6 in its short form) and URIs
 */
export function alternativeNames(text: string | undefined): readonly string[] {
  const names: string[] = [];
  for (const [, kind = '', quoted, plain = ''] of (text ?? '').matchAll(
    /(?:^|, )([^:,"]+):(?:("(?:[^"\\]|\\.)*")|([^",]*))(?=, |$)/g,
  )) {
    if (!KINDS.includes(kind)) continue;
    const name = quoted === undefined ? plain : unquote(quoted);
    if (name !== undefined) names.push(kind === 'IP Address' ? shortAddress(name) : name);
  }
  return names;
}

/** Node.js puts names that could be taken for several into quotes, in the way of JSON. */
function unquote(quoted: string): string | undefined {
  try {
    const name: unknown = JSON.parse(quoted);
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}

/** `2001:DB8:0:0:0:0:0:1` → `2001:db8::1` */
export function shortAddress(address: string): string {
  return isIPv6(address) ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address;
}
