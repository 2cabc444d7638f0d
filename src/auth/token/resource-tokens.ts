import type { KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Strategy } from 'passport-jwt';
import { KeySet } from './key-set';
import { parseTokenHeader } from './token-header';
import { timeProblem } from './token-times';
import type { VerificationKey } from './verification-key';
import { VerifiedTokens } from './verified-token-cache';
import {
  type AccessTokenClaims,
  CLOCK_TOLERANCE_SECONDS,
  MAX_TOKEN_LENGTH,
  parseAccessTokenClaims,
} from '../../../contract';
import { API_SETTINGS, type ApiSettings } from '../../config/api-settings';

/** A verified access token for one audience, not necessarily this API. */
export interface ResourceToken {
  aud: string;
  iat: number;
  exp: number;
  claims: AccessTokenClaims;
  /** The payload as it was signed. */
  payload: Readonly<Record<string, unknown>>;
}

interface Candidate {
  token: string;
  key: VerificationKey;
}

type Payload = Record<string, unknown>;

/**
 * Verifies access tokens that this issuer has signed for other resource servers: as for this API,
 * except for the audience. The caller compares it. Results are cached until the token expires.
 */
@Injectable()
export class ResourceTokens {
  private readonly verified = new VerifiedTokens<ResourceToken>({ maxEntries: 20_000 });
  private readonly strategy: Strategy;

  constructor(
    @Inject(API_SETTINGS) private readonly settings: ApiSettings,
    private readonly keySet: KeySet,
  ) {
    this.strategy = new Strategy(
      {
        jwtFromRequest: (candidate: unknown) => (candidate as Candidate).token,
        secretOrKeyProvider: (candidate: unknown, _token, done) =>
          done(null, asSecret((candidate as Candidate).key.publicKey)),
        algorithms: [settings.jwtAlgorithm],
        issuer: settings.jwtIssuer,
        jsonWebTokenOptions: { clockTolerance: CLOCK_TOLERANCE_SECONDS },
      },
      (payload: unknown, done: (error: null, payload: unknown) => void) => done(null, payload),
    );
    keySet.onLeave((key) => this.verified.forgetKey(key));
  }

  /**
   * @returns `null`: it is not an access token of this issuer, or its time is over.
   * @throws {Problem} `keys_unavailable`
   */
  async verify(token: string): Promise<ResourceToken | null> {
    if (token.length > MAX_TOKEN_LENGTH) return null;
    const known = this.verified.find(token);
    if (known) return known;
    const header = parseTokenHeader(token, this.settings.jwtAlgorithm);
    const key = header.ok ? await this.keySet.find(header.keyId) : null;
    if (!key) return null;
    const payload = await this.verifySignature({ token, key });
    return payload && this.accept(payload, { token, key });
  }

  private accept(payload: Payload, { token, key }: Candidate): ResourceToken | null {
    const parsed = parseAccessTokenClaims(payload);
    if (!parsed.ok || typeof parsed.claims.aud !== 'string') return null;
    const { claims } = parsed;
    const { nbf } = payload as { nbf?: number };
    const { aud, iat, exp } = claims;
    if (timeProblem({ exp, iat, nbf }) !== null) return null;
    const verified: ResourceToken = { aud: String(aud), iat, exp, claims, payload };
    if (this.keySet.holds(key)) this.verified.add(token, { claims: verified, nbf, key });
    return verified;
  }

  /** Passport calls the outcome on the strategy of one request. */
  private verifySignature(candidate: Candidate): Promise<Payload | null> {
    return new Promise((resolve) => {
      const attempt = Object.create(this.strategy) as Strategy;
      attempt.success = (payload: unknown) => resolve(isObject(payload) ? payload : null);
      attempt.fail = () => resolve(null);
      attempt.error = () => resolve(null);
      try {
        attempt.authenticate(candidate as never);
      } catch {
        // jsonwebtoken fails on a payload of `null`.
        resolve(null);
      }
    });
  }
}

function isObject(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** jsonwebtoken accepts a KeyObject; its types do not show this. */
function asSecret(key: KeyObject): Buffer {
  return key as unknown as Buffer;
}
