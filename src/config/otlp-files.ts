/**
 * The PEM files for TLS of OTLP. Looked at before anything starts; and read again with each new connection after a failure, since
 * certificates are exchanged while the exporter runs.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConfigError } from './config-error.ts';

/** A file that a variable names. */
export interface NamedFile {
  readonly path: string;
  readonly variable: string;
}

export interface TlsFiles {
  readonly ca: NamedFile | undefined;
  readonly cert: NamedFile | undefined;
  readonly key: NamedFile | undefined;
}

/** PEM texts; the key is a secret. */
export type TlsTexts = { readonly [K in keyof TlsFiles]: string | undefined };

/** @throws Error that names the variable of a file that cannot be read */
export function readTlsFiles({ ca, cert, key }: TlsFiles): TlsTexts {
  return { ca: readNamed(ca), cert: readNamed(cert), key: readNamed(key) };
}

/** @throws ConfigError with one line for each file that cannot be used */
export function checkTlsFiles({ ca, cert, key }: TlsFiles): void {
  const problems: string[] = [];
  const usable = <T>(file: NamedFile | undefined, kind: string, parse: (text: string) => T): T | undefined => {
    try {
      const text = readNamed(file);
      return text === undefined ? undefined : parsed(file, kind, () => parse(text));
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error));
      return undefined;
    }
  };
  usable(ca, 'a certificate', (text) => new X509Certificate(text));
  const own = usable(cert, 'a certificate', (text) => new X509Certificate(text));
  const secret = usable(key, 'a private key without a password', (text) => createPrivateKey(text));
  if (own !== undefined && secret !== undefined && !own.checkPrivateKey(secret)) {
    problems.push(`${key?.variable} does not belong to the certificate of ${cert?.variable}`);
  }
  if (problems.length > 0) throw new ConfigError(problems);
}

function readNamed(file: NamedFile | undefined): string | undefined {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file.path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${file.variable} cannot be read: ${reason}`, { cause: error });
  }
}

/** What the parser says is left out: it may hold what it read. */
function parsed<T>(file: NamedFile | undefined, kind: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    throw new Error(`${file?.variable} must name a PEM file that holds ${kind}`);
  }
}
