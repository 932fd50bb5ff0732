/** Certificates that `openssl` makes for one run of a test: an authority, and those that it signs. */
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Files in PEM form, and their texts. */
export interface Certificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

export interface Authority extends Certificate {
  /** @param name of the files and the common name; @param sans `DNS:localhost`, `IP:127.0.0.1`, … */
  sign(name: string, sans: readonly string[]): Promise<Certificate>;
}

const NEW_KEY = ['-newkey', 'rsa:2048', '-nodes'] as const;

async function openssl(...args: readonly string[]): Promise<void> {
  await promisify(execFile)('openssl', args);
}

function read(certFile: string, keyFile: string): Certificate {
  return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}

export async function makeAuthority(folder: string, name = 'authority'): Promise<Authority> {
  mkdirSync(folder, { recursive: true });
  const certFile = join(folder, `${name}.crt`);
  const keyFile = join(folder, `${name}.key`);
  await openssl('req', '-x509', ...NEW_KEY, '-subj', `/CN=${name}`, '-days', '2', '-keyout', keyFile, '-out', certFile);
  return { ...read(certFile, keyFile), sign: (leaf, sans) => sign(folder, leaf, sans, [certFile, keyFile]) };
}

async function sign(
  folder: string,
  name: string,
  sans: readonly string[],
  [ca, caKey]: readonly [string, string],
): Promise<Certificate> {
  const file = (extension: string) => join(folder, `${name}.${extension}`);
  writeFileSync(file('ext'), `subjectAltName=${sans.join(',')}\n`);
  await openssl('req', ...NEW_KEY, '-subj', `/CN=${name}`, '-keyout', file('key'), '-out', file('csr'));
  const signed = ['-in', file('csr'), '-CA', ca, '-CAkey', caKey, '-CAcreateserial', '-extfile', file('ext')];
  await openssl('x509', '-req', '-days', '2', ...signed, '-out', file('crt'));
  return read(file('crt'), file('key'));
}
