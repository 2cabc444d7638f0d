import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify, type RemoteJWKSet } from 'jose';
import { EndedAccess, type EventData, LEASE_SECONDS } from './ended-access';
import { EventStream, postForm, type StreamSettings } from './event-stream';

/** Keys are fetched again after ten minutes. An unknown key id costs one request in five seconds. */
const KEY_OPTIONS = { cacheMaxAge: 600_000, cooldownDuration: 5_000, timeoutDuration: 5_000 };

/** The request for the keys failed. */
const KEY_FAULTS = ['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID'];

export interface AccessSettings extends StreamSettings {
  issuer: string;
  audience: string;
  algorithm: string;
  jwksUrl: string;
  /**
   * The client must be one of the resource whose identifier is the audience. Absent: requests are
   * not answered while the stream is not complete.
   */
  introspectionUrl?: string;
}

/** Who calls: a user, a client that acts for a user, or a service account. */
export interface Caller {
  /** `null`: a service account. */
  userId: string | null;
  clientId: string | null;
  role: string | null;
  scopes: readonly string[];
}

/** Why a request is not answered. The reason is for the log. */
export class AccessRefusal extends Error {
  constructor(
    readonly status: 401 | 403 | 503,
    readonly code: string,
    readonly reason: string = code,
  ) {
    super(reason);
  }
}

/** Verifies access tokens, and follows the events that end access. */
export class Access {
  private keys: RemoteJWKSet;
  private readonly ended = new EndedAccess(() => (this.keys = this.makeKeys()));
  private readonly stream: EventStream;
  private provedAt = -Infinity;

  constructor(private readonly settings: AccessSettings) {
    this.keys = this.makeKeys();
    this.stream = new EventStream(settings, (kind, data) => this.take(kind, data));
  }

  /** Whether the stream has proved that it is complete, within the lease. */
  isCurrent(): boolean {
    return Math.abs(Date.now() - this.provedAt) < LEASE_SECONDS * 1_000;
  }

  /** @throws {AccessRefusal} */
  async verify(authorization: string | undefined): Promise<Caller> {
    const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw new AccessRefusal(401, 'token_required');
    const { claims, keyId } = await this.readToken(token);
    const caller = toCaller(claims);
    const sessionId = textOf(claims.sid);
    const times = { issuedAt: claims.iat!, expiresAt: claims.exp! };
    const subject = { ...caller, sessionId, keyId, ...times };
    const end = this.ended.endOf(subject);
    if (end !== null) throw new AccessRefusal(401, 'invalid_token', end);
    if (!this.isCurrent() || this.ended.isInDoubt(subject)) return this.askAbout(token);
    return { ...caller, role: this.ended.role(caller.userId) ?? caller.role };
  }

  /** Reads the stream, and connects again, until the signal is aborted. */
  follow(signal: AbortSignal, report?: (error: unknown) => void): Promise<void> {
    return this.stream.follow(signal, report);
  }

  private makeKeys(): RemoteJWKSet {
    return createRemoteJWKSet(new URL(this.settings.jwksUrl), KEY_OPTIONS);
  }

  private async readToken(token: string) {
    const { algorithm, issuer, audience } = this.settings;
    try {
      const { payload: claims, protectedHeader } = await jwtVerify(token, this.keys, {
        algorithms: [algorithm],
        issuer,
        audience,
        requiredClaims: ['exp', 'iat', 'sub'],
      });
      if (protectedHeader.kid === undefined) throw new errors.JWSInvalid('no kid');
      return { claims, keyId: protectedHeader.kid };
    } catch (error) {
      throw this.toRefusal(error);
    }
  }

  /** Keys that cannot be fetched say nothing about the token. */
  private toRefusal(error: unknown): AccessRefusal {
    const isKnown = error instanceof errors.JOSEError && !KEY_FAULTS.includes(error.code);
    const reason = String(error);
    if (isKnown && this.keys.jwks()?.keys.length !== 0) {
      return new AccessRefusal(401, 'invalid_token', reason);
    }
    return new AccessRefusal(503, 'keys_unavailable', reason);
  }

  /** Introspection (RFC 7662), while the stream is not proved to be complete, and in doubt. */
  private async askAbout(token: string): Promise<Caller> {
    const url = this.settings.introspectionUrl;
    if (!url && this.isCurrent()) throw new AccessRefusal(401, 'invalid_token', 'in doubt');
    if (!url) throw new AccessRefusal(503, 'access_unknown');
    const report = await postForm(this.settings, url, { token }).catch((error: unknown) => {
      throw new AccessRefusal(503, 'access_unknown', String(error));
    });
    if (typeof report.active !== 'boolean') throw new AccessRefusal(503, 'access_unknown');
    if (!report.active) throw new AccessRefusal(401, 'invalid_token', 'not active');
    return toCaller(report);
  }

  private take(kind: string, data: EventData): void {
    if (kind === 'current') this.provedAt = Date.parse(data.time ?? '');
    else this.ended.apply(kind, data);
  }
}

/**
 * Users need the role. Clients, also those that act for a user, need the scope.
 *
 * @throws {AccessRefusal}
 */
export function assertAllowed(caller: Caller, rule: { role?: string; scope?: string }): void {
  if (caller.userId !== null && rule.role !== undefined && caller.role !== rule.role) {
    throw new AccessRefusal(403, 'forbidden');
  }
  const hasScope = rule.scope !== undefined && caller.scopes.includes(rule.scope);
  if (caller.clientId !== null && !hasScope) throw new AccessRefusal(403, 'insufficient_scope');
}

/** @throws {AccessRefusal} for a token that belongs to neither a session nor a service account. */
function toCaller({ sub, sid, client_id: clientId, role, scope }: JWTPayload): Caller {
  if (sid === undefined && clientId !== sub) throw new AccessRefusal(401, 'invalid_token');
  return {
    userId: sid === undefined ? null : sub!,
    clientId: textOf(clientId),
    role: textOf(role),
    scopes: (textOf(scope) ?? '').split(' '),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
