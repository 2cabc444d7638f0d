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
import { requestContext } from '../common/request-context';

export interface VerifierParts {
  config: Pick<AuthConfig, 'jwtIssuer' | 'jwtAlgorithm'>;
  signingKeys: Pick<SigningKeys, 'current'>;
}

const keySets = new WeakMap<object, Promise<JSONWebKeySet>>();

/** The published keys of the table. All checks of a request see the same keys. */
export function readKeySet(parts: VerifierParts): Promise<JSONWebKeySet> {
  const request = requestContext.getStore() ?? {};
  const keySet = keySets.get(request) ?? readTable(parts);
  keySets.set(request, keySet);
  return keySet;
}

async function readTable({ config, signingKeys }: VerifierParts): Promise<JSONWebKeySet> {
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
