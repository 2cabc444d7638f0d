import type { Jwk, JwtOptions } from 'better-auth/plugins/jwt';
import type { SigningKey } from './key-ring';
import type { SigningKeys } from './signing-keys';

/**
 * What the jwt plugin sees of the keys. It signs with the newest key that has not expired,
 * publishes expired ones as well, and makes a key when none is left to sign with, one for
 * each request that finds none. So every key but the one that signs is shown as expired
 * just now, and making keys is not left to it.
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
    privateKey: signs ? key.privateKey : '',
    createdAt: new Date(createdAt),
    expiresAt: signs ? undefined : new Date(),
    alg: alg as Jwk['alg'],
    crv: (crv ?? undefined) as Jwk['crv'],
  };
}
