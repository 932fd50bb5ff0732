/** What a web configuration file says, in the format of the exporters' toolkit (docs/web-configuration.md). */
import { inspect } from 'node:util';

/** A text that nothing shows by accident: neither a log, nor JSON, nor a debugger. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return '<secret>';
  }

  toJSON(): string {
    return '<secret>';
  }

  [inspect.custom](): string {
    return '<secret>';
  }
}

export const CLIENT_AUTH_TYPES = [
  'NoClientCert',
  'RequestClientCert',
  'RequireAnyClientCert',
  'RequireClientCert',
  'VerifyClientCertIfGiven',
  'RequireAndVerifyClientCert',
] as const;

/** `RequireClientCert` is an older name of `RequireAnyClientCert`. */
export type ClientAuthType = Exclude<(typeof CLIENT_AUTH_TYPES)[number], 'RequireClientCert'>;

/** A PEM text: in the configuration itself, or in a file that is read for new connections. */
export type Pem<T> = { readonly inline: T } | { readonly file: string };

/** `tls_server_config`; names of versions, suites and curves are OpenSSL's. */
export interface TlsConfig {
  readonly cert: Pem<string>;
  readonly key: Pem<Secret>;
  /** Absent: the authorities that Node.js trusts. */
  readonly clientCa: Pem<string> | undefined;
  readonly clientAuth: ClientAuthType;
  /** Absent: any name. */
  readonly allowedSans: readonly string[] | undefined;
  readonly minVersion: TlsVersion;
  readonly maxVersion: TlsVersion;
  /** Absent: the safe ones. */
  readonly ciphers: readonly string[] | undefined;
  readonly preferServerCiphers: boolean;
  /** Absent: what OpenSSL prefers. */
  readonly curves: readonly string[] | undefined;
}

export type TlsVersion = 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';

export interface WebConfig {
  /** Absent: plain HTTP. */
  readonly tls: TlsConfig | undefined;
  /** Added to every answer. */
  readonly headers: ReadonlyMap<string, string>;
  /** Name → bcrypt hash; empty: everybody may ask. */
  readonly users: ReadonlyMap<string, Secret>;
  /** Absent: no limit. */
  readonly rateLimit: RateLimit | undefined;
}

export interface RateLimit {
  /** Milliseconds after which one request more is allowed. */
  readonly interval: number;
  /** Requests that may come at once. */
  readonly burst: number;
}

/** A web configuration that cannot be used; the message is one line: file, line, key, what is wrong. */
export class WebConfigError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WebConfigError';
  }
}
