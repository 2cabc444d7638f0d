import type { Jwk, JwtOptions } from 'better-auth/plugins/jwt';
import type { SigningKey } from './key-ring';
import type { SigningKeys } from './signing-keys';

/**
 * The keys as the jwt plugin sees them. The plugin signs with the newest key that has not expired,
 * also publishes expired keys, and creates a key in each request that finds no valid one. So all
 * keys except the signing key are shown as expired, and the plugin never creates keys.
 */
export function createSigningKeyStore(
  signingKeys: SigningKeys,
): Required<NonNullable<JwtOptions['adapter']>> {
  return {
    getJwks: async () => {
      const { published, signer } = await signingKeys.current();
      return published.map((key) => toJwk(key, key.id === signer?.id));
    },
    createJwk: () => {
      throw new Error('there is no key to sign with');
    },
  };
}

function toJwk(key: SigningKey, signs: boolean): Jwk {
  const { id, publicKey, createdAt, alg, crv } = key;
  return {
    id,
    publicKey,
    privateKey: (signs && key.privateKey) || '',
    createdAt: new Date(createdAt),
    expiresAt: signs ? undefined : new Date(),
    alg: alg as Jwk['alg'],
    crv: (crv ?? undefined) as Jwk['crv'],
  };
}
