import { timeProblem } from './token-times';
import { type AccessTokenClaims, parseAccessTokenClaims } from '../../../contract';

export type PayloadResult =
  { ok: true; claims: AccessTokenClaims; nbf: number | undefined } | { ok: false; reason: string };

/**
 * Reads the claims of a token whose signature and issuer have been verified, and checks its times.
 * The reason of a refusal is for the log.
 */
export function readVerifiedPayload(payload: unknown): PayloadResult {
  const parsed = parseAccessTokenClaims(payload);
  if (!parsed.ok) return parsed;
  const { claims } = parsed;
  const { nbf } = payload as { nbf?: number };
  const problem = timeProblem({ exp: claims.exp, iat: claims.iat, nbf });
  return problem === null ? { ok: true, claims, nbf } : { ok: false, reason: problem };
}
