import type { KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { Strategy } from 'passport-jwt';
import { bearerTokenOf } from './bearer-token';
import { KeySet } from './key-set';
import type { Principal } from './principal';
import { SessionAccess } from './session-access';
import { parseTokenHeader } from './token-header';
import { CLOCK_TOLERANCE_SECONDS, parseAccessTokenClaims } from '../../auth-server/contract';
import { Problem } from '../common/problem';
import { API_SETTINGS, type ApiSettings } from '../config/api-settings';

/** Name under which passport knows the strategy. */
export const ACCESS_TOKEN_STRATEGY = 'access-token';

/**
 * Verifies a user's access token on passport-jwt: form and header first, then the
 * signature with a key of the auth server, then times, issuer and audience (RFC 7519,
 * RFC 8725), then the claims of the contract, then whether the session is in force.
 */
@Injectable()
export class AccessTokenStrategy extends PassportStrategy(Strategy, ACCESS_TOKEN_STRATEGY) {
  constructor(
    @Inject(API_SETTINGS) settings: ApiSettings,
    keySet: KeySet,
    private readonly sessionAccess: SessionAccess,
  ) {
    super({
      jwtFromRequest: bearerTokenOf,
      algorithms: [settings.jwtAlgorithm],
      issuer: settings.jwtIssuer,
      audience: settings.jwtAudience,
      jsonWebTokenOptions: { clockTolerance: CLOCK_TOLERANCE_SECONDS },
      secretOrKeyProvider: (_request: FastifyRequest, token: string, done) => {
        const header = parseTokenHeader(token, settings.jwtAlgorithm);
        if (!header.ok) return done(invalid(header.reason));
        keySet.find(header.keyId).then(
          (key) => (key ? done(null, asSecret(key)) : done(invalid('unknown key id'))),
          (error: unknown) => done(error),
        );
      },
    });
  }

  /** Called by passport-jwt with the payload of a token that it has verified. */
  async validate(payload: unknown): Promise<Principal> {
    const parsed = parseAccessTokenClaims(payload);
    if (!parsed.ok) throw invalid(parsed.reason);
    const { claims } = parsed;
    if (claims.iat > Date.now() / 1000 + CLOCK_TOLERANCE_SECONDS) throw invalid('iat lies ahead');
    return this.sessionAccess.judge(claims);
  }
}

function invalid(reason: string): Problem {
  return new Problem('invalid_token', { cause: reason });
}

/** jsonwebtoken takes a KeyObject, which saves parsing a PEM for each token; its types lag behind. */
function asSecret(key: KeyObject): Buffer {
  return key as unknown as Buffer;
}
