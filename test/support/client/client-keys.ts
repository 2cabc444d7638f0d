import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, type CryptoKey } from 'jose';
import type { ClientKeys } from '../../../src/admin/clients/client-keys.schemas';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** A key pair of a client (RFC 7523). */
export class ClientKeyPair {
  private constructor(
    readonly privateKey: CryptoKey,
    /** What an administrator registers. */
    readonly jwks: ClientKeys,
  ) {}

  static async make(kid = 'first', algorithm = 'ES256'): Promise<ClientKeyPair> {
    const { privateKey, publicKey } = await generateKeyPair(algorithm);
    const key = { ...(await exportJWK(publicKey)), kid, alg: algorithm };
    return new ClientKeyPair(privateKey, { keys: [key] } as ClientKeys);
  }

  /** A valid assertion of the client, with changed claims; `undefined` omits a claim. */
  sign(clientId: string, audience: string, changes: JWTPayload = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    const claims = {
      iss: clientId,
      sub: clientId,
      aud: audience,
      jti: randomUUID(),
      iat: now,
      exp: now + 60,
      ...changes,
    };
    const { kid, alg = 'ES256' } = this.jwks.keys[0]!;
    return new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(this.privateKey);
  }
}

export function asserting(assertion: string): Record<string, string> {
  return { client_assertion: assertion, client_assertion_type: ASSERTION_TYPE };
}
