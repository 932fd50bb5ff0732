/** `TlsConfig` → what Node.js takes, with certificate, key and authorities as they are now. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type TLSSocket, type TlsOptions } from 'node:tls';
import { cipherString } from './ciphers.ts';
import { alternativeNames, shortAddress } from './sans.ts';
import { type Pem, type Secret, type TlsConfig, WebConfigError } from './web-config.ts';

/** The texts that a configuration points to; the same texts make the same server. */
export interface TlsMaterial {
  readonly cert: string;
  readonly key: Secret | string;
  readonly clientCa: string | undefined;
}

/** @throws WebConfigError when a file cannot be read */
export function readMaterial({ cert, key, clientCa }: TlsConfig): TlsMaterial {
  return {
    cert: readPem(cert, 'cert_file'),
    key: readPem(key, 'key_file'),
    clientCa: clientCa === undefined ? undefined : readPem(clientCa, 'client_ca_file'),
  };
}

/** Synchronous on purpose: all threads of the pool may be held by calls that hang in Windows. */
function readPem<T>(pem: Pem<T>, key: string): T | string {
  if ('inline' in pem) return pem.inline;
  try {
    return readFileSync(pem.file, 'utf8');
  } catch (error) {
    throw new WebConfigError(`failed to read ${key} (${pem.file}): ${fileProblem(error)}`);
  }
}

/** Why a file cannot be read. */
export function fileProblem(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  switch (code) {
    case 'ENOENT':
      return 'no such file or directory';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'EISDIR':
      return 'it is a folder';
    default:
      return code;
  }
}

/**
 * The options of a TLS server.
 *
 * @throws WebConfigError when certificate, key or authorities are none, or do not belong together
 */
export function tlsOptions(config: TlsConfig, { cert, key, clientCa }: TlsMaterial): TlsOptions {
  const keyText = typeof key === 'string' ? key : key.reveal();
  const context = {
    cert,
    key: keyText,
    // Of an authority that is none OpenSSL says nothing, and no `ca` at all would mean every authority that Node.js trusts.
    ...(clientCa === undefined ? {} : { ca: certificatesIn(clientCa, 'client_ca') }),
    minVersion: config.minVersion,
    maxVersion: config.maxVersion,
    ciphers: cipherString(config.ciphers, config.minVersion),
    honorCipherOrder: config.preferServerCiphers,
    ...(config.curves === undefined ? {} : { ecdhCurve: config.curves.join(':') }),
  };
  // Without any, OpenSSL is content, and no handshake succeeds.
  const [first] = certificatesIn(cert, 'cert');
  try {
    if (!new X509Certificate(first ?? '').checkPrivateKey(createPrivateKey(keyText))) {
      throw new Error('key values mismatch: the key is not that of the certificate');
    }
    createSecureContext(context);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new WebConfigError(`failed to load X509KeyPair: ${why}`);
  }
  return {
    ...context,
    requestCert: config.clientAuth !== 'NoClientCert',
    rejectUnauthorized: config.clientAuth === 'RequireAndVerifyClientCert',
    ALPNProtocols: ['http/1.1'],
  };
}

function certificatesIn(pem: string, key: string): string[] {
  const found = pem.match(/-----BEGIN (TRUSTED )?CERTIFICATE-----[\s\S]+?-----END (TRUSTED )?CERTIFICATE-----/g) ?? [];
  if (found.length === 0) throw new WebConfigError(`${key} or ${key}_file holds no certificate in PEM form`);
  try {
    return found.map((certificate) => new X509Certificate(certificate).toString());
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new WebConfigError(`${key} or ${key}_file holds a certificate that cannot be read: ${why}`);
  }
}

/** Why a client is not let in after its handshake; `undefined`: it is. */
export function clientProblem(config: TlsConfig, socket: TLSSocket): string | undefined {
  const certificate = socket.getPeerX509Certificate();
  switch (config.clientAuth) {
    case 'NoClientCert':
    case 'RequestClientCert':
      return undefined;
    case 'VerifyClientCertIfGiven':
      return certificate === undefined || socket.authorized ? undefined : String(socket.authorizationError);
    case 'RequireAnyClientCert':
      break;
    case 'RequireAndVerifyClientCert':
      if (!socket.authorized) return String(socket.authorizationError);
      break;
  }
  if (certificate === undefined) return 'client did not provide a certificate';
  const { allowedSans } = config;
  if (allowedSans === undefined) return undefined;
  const names = alternativeNames(certificate.subjectAltName);
  return names.some((name) => allowedSans.some((allowed) => shortAddress(allowed) === name))
    ? undefined
    : 'could not find allowed SANs in client cert';
}
