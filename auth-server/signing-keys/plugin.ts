import { jwt } from 'better-auth/plugins';
import type { Pool } from 'pg';
import { createSigningKeyStore } from './key-store';
import { JWT_MAPPING } from './schema';
import { keyPairConfig, SigningKeys } from './signing-keys';
import type { AuthConfig } from '../common/config';
import { JWKS_PATH } from '../../contract';
import { toSessionClaims } from '../sessions/claims';

export { tokenOfBegunSession } from './begun-session';

/** Better-Auth's jwt plugin. Rotation and grace period are handled by {@link SigningKeys}. */
export function accessTokens(config: AuthConfig, pool: Pool) {
  return jwt({
    jwks: {
      jwksPath: JWKS_PATH,
      keyPairConfig: keyPairConfig(config.jwtAlgorithm),
      // The store decrypts a private key once, the plugin for each signature.
      disablePrivateKeyEncryption: true,
    },
    jwt: {
      issuer: config.jwtIssuer,
      audience: config.jwtAudience,
      // Better-Auth reads a number as a point in time, and a text as a duration.
      expirationTime: `${Math.floor(config.jwtTtl / 1_000)}s`,
      definePayload: toSessionClaims,
    },
    adapter: createSigningKeyStore(new SigningKeys(config, pool)),
    schema: JWT_MAPPING,
  });
}
