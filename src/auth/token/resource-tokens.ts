import { Inject, Injectable } from '@nestjs/common';
import { Strategy } from 'passport-jwt';
import { KeySet } from './key-set';
import { parseTokenHeader } from './token-header';
import { asSecret, type VerificationKey } from './verification-key';
import { readVerifiedPayload } from './verified-payload';
import { VerifiedTokens } from './verified-token-cache';
import {
  type AccessTokenClaims,
  CLOCK_TOLERANCE_SECONDS,
  MAX_TOKEN_LENGTH,
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
   * @throws {Problem} `keys_unavailable`; `database_unavailable` while a change of the keys is not read.
   */
  async verify(token: string): Promise<ResourceToken | null> {
    if (token.length > MAX_TOKEN_LENGTH) return null;
    const read = this.keySet.untilRead();
    if (read) await read;
    const known = this.verified.find(token);
    if (known) return known.claims;
    const header = parseTokenHeader(token, this.settings.jwtAlgorithm);
    const key = header.ok ? await this.keySet.find(header.keyId) : null;
    if (!key) return null;
    const payload = await this.verifySignature({ token, key });
    return payload && this.accept(payload, { token, key });
  }

  private accept(payload: Payload, { token, key }: Candidate): ResourceToken | null {
    const read = readVerifiedPayload(payload);
    if (!read.ok) return null;
    const { claims, nbf } = read;
    const { aud, iat, exp } = claims;
    if (typeof aud !== 'string') return null;
    const verified: ResourceToken = { aud, iat, exp, claims, payload };
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
