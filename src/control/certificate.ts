import { X509Certificate } from 'node:crypto';

/**
 * The DNS names that a certificate is for, in lower case. The common name
 * counts only where there are no alternative names, as browsers have it.
 *
 * @throws Error when the text is no certificate
 */
export function certificateNames(pem: string): string[] {
  const { subjectAltName, subject } = new X509Certificate(pem);
  const listed = (subjectAltName ?? '').split(', ').flatMap((one) => (one.startsWith('DNS:') ? one.slice(4) : []));
  const common = /^CN=(.+)$/m.exec(subject)?.[1];
  const names = listed.length > 0 || common === undefined ? listed : [common];
  return [...new Set(names.map((name) => name.toLowerCase()))].sort();
}

/** Whether a certificate with these names serves a name. A wildcard stands for one label. */
export function coversName(names: readonly string[], name: string): boolean {
  const parent = name.startsWith('*.') ? undefined : `*.${name.split('.').slice(1).join('.')}`;
  return names.some((one) => one.toLowerCase() === name.toLowerCase() || one.toLowerCase() === parent?.toLowerCase());
}

/**
 * The kind of a certificate's public key (`rsa`, `ec`, …) and, for RSA, its length.
 *
 * @throws Error when the text is no certificate
 */
export function certificateKey(pem: string): { readonly type: string; readonly bits: number | undefined } {
  const { asymmetricKeyType, asymmetricKeyDetails } = new X509Certificate(pem).publicKey;
  return { type: asymmetricKeyType ?? 'unknown', bits: asymmetricKeyDetails?.modulusLength };
}
