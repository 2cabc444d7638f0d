import { isRole, type Role } from './roles';
import { CLOCK_TOLERANCE_SECONDS } from './token-terms';

/** Claims of a user's access token in addition to the registered claims. */
export interface SessionClaims {
  /** Session id: the row of `session` that the token was issued from. */
  sid: string;
  /** The user's role when the token was issued. */
  role: Role;
  /**
   * When the user signed in, seconds since the epoch (RFC 9068, section 2.2.1). Absent in an
   * impersonation, where the user did not sign in.
   */
  auth_time?: number;
  /**
   * How the user signed in (RFC 8176). Absent in an impersonation, and in a session that began before
   * methods were recorded.
   */
  amr?: readonly string[];
  /** The administrator who acts as the user (RFC 8693, section 4.1); absent outside an impersonation. */
  act?: { sub: string };
}

interface CommonClaims {
  iss: string;
  aud: string | string[];
  /** User id, or client id of a service account. */
  sub: string;
  /** Issued at, seconds since the epoch. */
  iat: number;
  /** Expires at, seconds since the epoch. */
  exp: number;
}

/**
 * The access token of a user (RFC 9068, section 2.2, without the claims that the contract omits).
 * It contains no e-mail address and no name.
 */
export interface UserTokenClaims extends CommonClaims, Pick<SessionClaims, 'sid' | 'role'> {
  kind: 'user';
  /** The client that acts for the user; `null`: the user signed in to Gatehouse directly. */
  clientId: string | null;
  /** What the user has granted the client. */
  scopes: readonly string[];
  /** The administrator who acts as the user; `null` outside an impersonation. */
  impersonatorId: string | null;
  /**
   * When the grant of the client began, in milliseconds since the epoch. `null` without a client, and
   * in a token that a previous version has issued.
   */
  grantedAt: number | null;
}

/** Access token of a service account: its subject is a client, not a user (RFC 6749, section 4.4). */
export interface ClientTokenClaims extends CommonClaims {
  kind: 'client';
  clientId: string;
  scopes: readonly string[];
}

export type AccessTokenClaims = UserTokenClaims | ClientTokenClaims;

export type ClaimsResult = { ok: true; claims: AccessTokenClaims } | { ok: false; reason: string };

type Payload = Record<string, unknown>;

/** The claim of {@link UserTokenClaims.grantedAt}, in seconds since the epoch with a fraction. */
export const GRANT_CLAIM = 'granted_at';

/** @returns the milliseconds since the epoch; `null` without the claim. */
export function toGrantTime(claim: unknown): number | null {
  return isTime(claim) ? Math.round(claim * 1_000) : null;
}

/**
 * Whether a token belongs to the grant that began at this time, in milliseconds since the epoch. A
 * new grant of the same session and client does not make the tokens of the former one valid.
 */
export function isOfGrant(
  { iat, grantedAt }: { iat: number; grantedAt: number | null },
  begin: number,
): boolean {
  if (grantedAt === null) return begin / 1_000 - CLOCK_TOLERANCE_SECONDS <= iat;
  return grantedAt === begin;
}

/**
 * Reads the payload of a token whose signature, issuer, audience and times have been verified
 * already. Only claims of the contract are returned. A token belongs to a service account when its
 * subject is its client (RFC 9068, section 2.2); a mixture of both kinds is refused.
 *
 * @returns the claims, or the reason (for the log, never for the caller) why they are refused.
 */
export function parseAccessTokenClaims(payload: unknown): ClaimsResult {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    return refuse('payload is not an object');
  }
  const { iss, aud, sub, iat, exp, cnf, ...others } = payload as Payload;
  // RFC 9449, section 7.1: a token that is bound to a key is no bearer token.
  if (cnf !== undefined) return refuse('the token is bound to a key (cnf)');
  if (!isText(sub)) return refuse('sub is not a non-empty string');
  if (!isText(iss)) return refuse('iss is not a non-empty string');
  if (!isAudience(aud)) return refuse('aud is neither a string nor an array of strings');
  if (!isTime(iat)) return refuse('iat is not a finite number');
  if (!isTime(exp)) return refuse('exp is not a finite number');
  const reason = clientProblem(others);
  if (reason !== null) return refuse(reason);
  const common = { iss, aud, sub, iat, exp };
  return others.client_id === sub ? parseClient(common, others) : parseUser(common, others);
}

/** `azp` is equal to `client_id` (OpenID Connect Core 1.0, section 2) or absent. */
function clientProblem({ client_id: clientId, azp, scope }: Payload): string | null {
  if (clientId === undefined) {
    return scope === undefined && azp === undefined ? null : 'scope or azp without client_id';
  }
  if (!isText(clientId)) return 'client_id is not a non-empty string';
  if (azp !== undefined && azp !== clientId) return 'azp and client_id differ';
  return typeof scope === 'string' ? null : 'scope is not a string';
}

function parseClient(common: CommonClaims, { sid, role, scope }: Payload): ClaimsResult {
  if (sid !== undefined) return refuse("a service account's token has a sid");
  if (role !== undefined) return refuse("a service account's token has a role");
  return {
    ok: true,
    claims: { ...common, kind: 'client', clientId: common.sub, scopes: toScopes(scope) },
  };
}

function parseUser(common: CommonClaims, payload: Payload): ClaimsResult {
  const { sid, role, client_id: clientId, scope, act } = payload;
  if (!isText(sid)) return refuse('sid is not a non-empty string');
  if (!isRole(role)) return refuse('role is not in the closed list');
  const impersonatorId = act === undefined ? null : subjectOf(act);
  if (impersonatorId !== null && !isText(impersonatorId)) {
    return refuse('act.sub is not a non-empty string');
  }
  const client = isText(clientId) ? clientId : null;
  const grantedAt = client === null ? null : toGrantTime(payload[GRANT_CLAIM]);
  const user = { sid, role, clientId: client, scopes: toScopes(scope), impersonatorId, grantedAt };
  return { ok: true, claims: { ...common, kind: 'user', ...user } };
}

function subjectOf(act: unknown): unknown {
  return typeof act === 'object' && act !== null && 'sub' in act ? act.sub : undefined;
}

function toScopes(scope: unknown): readonly string[] {
  return typeof scope === 'string' && scope !== '' ? scope.split(' ') : [];
}

function refuse(reason: string): ClaimsResult {
  return { ok: false, reason };
}

/** Without control characters: PostgreSQL stores no NUL, and identifiers contain none of them. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && !/\p{Cc}/u.test(value);
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isAudience(value: unknown): value is string | string[] {
  return isText(value) || (Array.isArray(value) && value.every(isText));
}
