import { type KeyObject, randomUUID } from 'node:crypto';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import passport from 'passport';
import { Strategy } from 'passport-jwt';
import { bearerTokenOf } from './token/bearer-token';
import { KeySet } from './token/key-set';
import type { Principal } from './principal/principal';
import { SessionAccess } from './live-access/session-access';
import { parseTokenHeader } from './token/token-header';
import { timeProblem } from './token/token-times';
import type { VerificationKey } from './token/verification-key';
import { VerifiedTokens } from './token/verified-tokens';
import { CLOCK_TOLERANCE_SECONDS, parseAccessTokenClaims } from '../../contract';
import { Problem } from '../common/problems/problem';
import { API_SETTINGS, type ApiSettings } from '../config/api-settings';

/** A token whose form and header are good, and the key to verify it with. */
interface Candidate {
  token: string;
  key: VerificationKey;
}

/** What passport-jwt is verifying at the moment: it hands nothing but the request around. */
const candidates = new WeakMap<FastifyRequest, Candidate>();

/**
 * Verifies a user's access token on passport-jwt: form and header first, then the
 * signature with a key of the auth server, then times, issuer and audience (RFC 7519,
 * RFC 8725), then the claims of the contract, then whether the session is in force. All
 * but the last is remembered for as long as the token is.
 */
@Injectable()
export class JwtStrategy
  extends PassportStrategy(Strategy, 'access-token')
  implements OnApplicationShutdown
{
  /**
   * Passport keeps strategies by name for the whole process. With a name of its own, each
   * application in a process (a test has several) is judged by its own keys.
   */
  readonly passportName = `access-token ${randomUUID()}`;
  private readonly verifiedTokens = new VerifiedTokens();

  constructor(
    @Inject(API_SETTINGS) private readonly settings: ApiSettings,
    private readonly keySet: KeySet,
    private readonly sessionAccess: SessionAccess,
  ) {
    super({
      jwtFromRequest: (request: FastifyRequest) => candidates.get(request)!.token,
      secretOrKeyProvider: (request: FastifyRequest, _token, done) =>
        done(null, asSecret(candidates.get(request)!.key.publicKey)),
      algorithms: [settings.jwtAlgorithm],
      issuer: settings.jwtIssuer,
      audience: settings.jwtAudience,
      jsonWebTokenOptions: { clockTolerance: CLOCK_TOLERANCE_SECONDS },
      passReqToCallback: true,
    });
    passport.use(this.passportName, this);
    keySet.onLeave((key) => this.verifiedTokens.forgetKey(key));
  }

  onApplicationShutdown(): void {
    passport.unuse(this.passportName);
  }

  /**
   * The caller, where the token has been verified before: then passport has nothing to do.
   *
   * @returns `null`: the token has to be verified.
   * @throws {Problem} as {@link bearerTokenOf}; the promise, when the session is not in force.
   */
  admitVerified(request: FastifyRequest): Promise<Principal> | null {
    const claims = this.verifiedTokens.find(bearerTokenOf(request));
    return claims && this.sessionAccess.judge(claims);
  }

  /** Called by passport for each request whose token has not been verified before. */
  override authenticate(request: object): void {
    const token = bearerTokenOf(request as FastifyRequest);
    const header = parseTokenHeader(token, this.settings.jwtAlgorithm);
    if (!header.ok) return this.refuse(header.reason);
    const key = this.keySet.get(header.keyId);
    if (key) return this.verify(request, { token, key });
    this.keySet.find(header.keyId).then(
      (found) => {
        if (found) this.verify(request, { token, key: found });
        else this.refuse('unknown key id');
      },
      (error: Error) => this.error(error),
    );
  }

  /** Called by passport-jwt with the payload of a token that it has verified. */
  async validate(request: FastifyRequest, payload: unknown): Promise<Principal> {
    const parsed = parseAccessTokenClaims(payload);
    if (!parsed.ok) throw invalid(parsed.reason);
    const { claims } = parsed;
    const { nbf } = payload as { nbf?: number };
    const problem = timeProblem({ exp: claims.exp, iat: claims.iat, nbf });
    if (problem !== null) throw invalid(problem);
    const { token, key } = candidates.get(request)!;
    if (this.keySet.holds(key)) this.verifiedTokens.add(token, { claims, nbf, key });
    return this.sessionAccess.judge(claims);
  }

  private verify(request: object, candidate: Candidate): void {
    candidates.set(request as FastifyRequest, candidate);
    try {
      super.authenticate(request as never);
    } catch (error) {
      // jsonwebtoken stumbles over a payload of `null`.
      this.refuse(error);
    }
  }

  private refuse(reason: unknown): void {
    this.fail(invalid(reason), 401);
  }
}

function invalid(reason: unknown): Problem {
  return new Problem('invalid_token', { cause: reason });
}

/** jsonwebtoken takes a KeyObject, which saves parsing a PEM for each token; its types lag behind. */
function asSecret(key: KeyObject): Buffer {
  return key as unknown as Buffer;
}
