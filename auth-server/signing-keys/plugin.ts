import { jwt } from 'better-auth/plugins';
import type { Pool } from 'pg';
import { createSigningKeyStore } from './key-store';
import { JWT_MAPPING } from './schema';
import { keyPairConfig, SigningKeys } from './signing-keys';
import { TokenSigner } from './token-signer';
import type { AuthConfig } from '../common/config';
import { JWKS_PATH } from '../../contract';
import { toSessionClaims } from '../sessions/claims';

export { tokenOfBegunSession } from './begun-session';
export { sessionToken } from './session-token';

/**
 * Better-Auth's jwt plugin, and what signs the tokens of sessions beside it. Rotation and grace
 * period are handled by {@link SigningKeys}.
 */
export function accessTokens(config: AuthConfig, pool: Pool) {
  const keys = new SigningKeys(config, pool);
  const plugin = jwt({
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
    adapter: createSigningKeyStore(keys),
    schema: JWT_MAPPING,
  });
  return { plugin, signer: new TokenSigner({ keys, options: plugin.options }) };
}
