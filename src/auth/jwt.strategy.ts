import { randomUUID } from 'node:crypto';
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
import { asSecret, type VerificationKey } from './token/verification-key';
import { readVerifiedPayload } from './token/verified-payload';
import { VerifiedTokens } from './token/verified-token-cache';
import { CLOCK_TOLERANCE_SECONDS } from '../../contract';
import { Problem } from '../common/problems/problem';
import { API_SETTINGS, type ApiSettings } from '../config/api-settings';

/** A token with a valid form and header, and the key that verifies it. */
interface Candidate {
  token: string;
  key: VerificationKey;
}

/** The token that passport-jwt is verifying: passport passes only the request on. */
const candidates = new WeakMap<FastifyRequest, Candidate>();

/**
 * Verifies an access token with passport-jwt: first form and header, then the signature with a key
 * of the auth server, then times, issuer and audience (RFC 7519, RFC 8725), then the claims of the
 * contract, then whether the session is in force. All results except the last are cached until the
 * token expires.
 */
@Injectable()
export class JwtStrategy
  extends PassportStrategy(Strategy, 'access-token')
  implements OnApplicationShutdown
{
  /**
   * Passport stores strategies by name for the whole process. Each application in a process (a
   * test has several) has its own name and its own keys.
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
   * The caller of a token that was verified before, without passport. @returns `null`: the token
   * must be verified. @throws {Problem} as {@link bearerTokenOf}; the promise rejects when the
   * session is not in force.
   */
  admitVerified(request: FastifyRequest): Promise<Principal> | null {
    const verified = this.verifiedTokens.find(bearerTokenOf(request));
    return verified && this.sessionAccess.judge(verified);
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
    const read = readVerifiedPayload(payload);
    if (!read.ok) throw invalid(read.reason);
    const { claims, nbf } = read;
    const { token, key } = candidates.get(request)!;
    if (this.keySet.holds(key)) this.verifiedTokens.add(token, { claims, nbf, key });
    return this.sessionAccess.judge({ claims, key });
  }

  private verify(request: object, candidate: Candidate): void {
    candidates.set(request as FastifyRequest, candidate);
    try {
      super.authenticate(request as never);
    } catch (error) {
      // jsonwebtoken throws for a payload of `null`.
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
