import {
  createLocalJWKSet,
  type JWK,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyOptions,
} from 'jose';
import type { SigningKeys } from './signing-keys';
import type { AuthConfig } from '../common/config';

export interface VerifierParts {
  config: Pick<AuthConfig, 'jwtIssuer' | 'jwtAlgorithm'>;
  signingKeys: Pick<SigningKeys, 'current'>;
}

/** Verifies tokens that this server has signed, with the published keys. */
export class TokenVerifier {
  constructor(private readonly parts: VerifierParts) {}

  /** @returns `null` for what is no token of this server with the claims of the rules. */
  async verify(token: string, rules: JWTVerifyOptions): Promise<JWTPayload | null> {
    const { config, signingKeys } = this.parts;
    const { published } = await signingKeys.current();
    const keys = published.map(({ id, publicKey, alg }) => ({
      ...(JSON.parse(publicKey) as JWK),
      kid: id,
      alg: alg ?? config.jwtAlgorithm,
    }));
    try {
      const { payload } = await jwtVerify(token, createLocalJWKSet({ keys }), {
        issuer: config.jwtIssuer,
        ...rules,
      });
      return payload;
    } catch {
      return null;
    }
  }
}
