import {
  createLocalJWKSet,
  type JSONWebKeySet,
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

/** The published keys of the table. */
export async function readKeySet({ config, signingKeys }: VerifierParts): Promise<JSONWebKeySet> {
  const { published } = await signingKeys.current();
  const keys = published.map(({ id, publicKey, alg }) => ({
    ...(JSON.parse(publicKey) as JWK),
    kid: id,
    alg: alg ?? config.jwtAlgorithm,
  }));
  return { keys };
}

/** Verifies tokens that this server has signed, with the published keys. */
export class TokenVerifier {
  constructor(private readonly parts: VerifierParts) {}

  /** @returns `null` for what is no token of this server with the claims of the rules. */
  async verify(token: string, rules: JWTVerifyOptions): Promise<JWTPayload | null> {
    const keySet = await readKeySet(this.parts);
    try {
      const { payload } = await jwtVerify(token, createLocalJWKSet(keySet), {
        issuer: this.parts.config.jwtIssuer,
        ...rules,
      });
      return payload;
    } catch {
      return null;
    }
  }
}
