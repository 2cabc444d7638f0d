import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';

const KEY_TYPE = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** In PEM. */
export interface Identity {
  key: string;
  cert: string;
}

/** A certificate that no authority has signed. @param hosts the names that it is for. */
export async function makeIdentity(hosts: string[]): Promise<Identity> {
  const keys = await crypto.subtle.generateKey(KEY_TYPE, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${hosts[0]}`,
    keys,
    signingAlgorithm: KEY_TYPE,
    notAfter: new Date(Date.now() + 86_400_000),
    extensions: [
      new SubjectAlternativeNameExtension(hosts.map((value) => ({ type: 'dns', value }))),
    ],
  });
  const key = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
  return { key: toPem(key), cert: certificate.toString('pem') };
}

function toPem(key: Buffer): string {
  const label = 'PRIVATE KEY';
  return `-----BEGIN ${label}-----\n${key.toString('base64')}\n-----END ${label}-----\n`;
}
