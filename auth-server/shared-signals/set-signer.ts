import { importJWK, type JWK, SignJWT } from 'jose';
import type { AuthConfig } from '../common/config';
import type { SigningKeys } from '../signing-keys/signing-keys';
import type { Delivery } from './delivery-store';

/** The type of a security event token (RFC 8417, section 2.3). It is no type of an access token. */
const TYPE = 'secevent+jwt';

/** Signs one token. */
export type SignSet = (delivery: Delivery, audience: string) => Promise<string>;

interface SignerParts {
  config: AuthConfig;
  signingKeys: SigningKeys;
}

/**
 * Opens the current signing key. A token is signed when it is sent, so a repeated token never has
 * the signature of a key that is no longer published. `jti` and `iat` stay the same.
 */
export async function openSigner({ config, signingKeys }: SignerParts): Promise<SignSet> {
  const { signer } = await signingKeys.current();
  if (!signer?.privateKey) throw new Error('there is no key to sign with');
  const jwk = JSON.parse(signer.privateKey) as JWK;
  const key = await importJWK(jwk, signer.alg ?? config.jwtAlgorithm);
  const header = { alg: signer.alg ?? config.jwtAlgorithm, kid: signer.id, typ: TYPE };
  return ({ jti, txn, type, issuedAt, claims }, audience) => {
    const { payload, ...about } = claims;
    return new SignJWT({ ...about, txn, events: { [type]: payload } })
      .setProtectedHeader(header)
      .setIssuer(config.jwtIssuer)
      .setAudience(audience)
      .setIssuedAt(Math.floor(issuedAt.getTime() / 1_000))
      .setJti(jti)
      .sign(key);
  };
}
