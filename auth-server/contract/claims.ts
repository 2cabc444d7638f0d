import { isRole, type Role } from './roles';

/** What the auth server puts into an access token besides the registered time and address claims. */
export interface SessionClaims {
  /** Session id: the row of `session` that the token was issued from. */
  sid: string;
  /** The user's role when the token was issued. */
  role: Role;
}

/**
 * The claims of a user's access token (RFC 9068, section 2.2, less what the contract
 * leaves out). There is no e-mail and no name in it.
 */
export interface AccessTokenClaims extends SessionClaims {
  iss: string;
  aud: string | string[];
  /** User id. */
  sub: string;
  /** Issued at, seconds since the epoch. */
  iat: number;
  /** Expires at, seconds since the epoch. */
  exp: number;
}

export type ClaimsResult = { ok: true; claims: AccessTokenClaims } | { ok: false; reason: string };

/**
 * Reads the payload of a token whose signature, issuer, audience and times have been
 * verified already. Only what the contract names is let through.
 *
 * @returns the claims, or the reason (for the log, never for the caller) why they are not ours.
 */
export function parseAccessTokenClaims(payload: unknown): ClaimsResult {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    return refuse('payload is not an object');
  }
  const { iss, aud, sub, sid, role, iat, exp } = payload as Record<string, unknown>;
  if (!isText(sub)) return refuse('sub is not a non-empty string');
  if (!isText(sid)) return refuse('sid is not a non-empty string');
  if (!isRole(role)) return refuse('role is not in the closed list');
  if (!isText(iss)) return refuse('iss is not a non-empty string');
  if (!isAudience(aud)) return refuse('aud is neither a string nor an array of strings');
  if (!isTime(iat)) return refuse('iat is not a finite number');
  if (!isTime(exp)) return refuse('exp is not a finite number');
  return { ok: true, claims: { iss, aud, sub, sid, role, iat, exp } };
}

function refuse(reason: string): ClaimsResult {
  return { ok: false, reason };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0;
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isAudience(value: unknown): value is string | string[] {
  return isText(value) || (Array.isArray(value) && value.every(isText));
}
