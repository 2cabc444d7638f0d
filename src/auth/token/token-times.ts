import { CLOCK_TOLERANCE_SECONDS } from '../../../contract';

/** The times of a token, in seconds since the epoch (RFC 7519, section 4.1). */
export interface TokenTimes {
  exp: number;
  iat: number;
  nbf?: number;
}

/**
 * Why a token is not in force at the moment, for the log; `null` when it is. A clock that
 * differs from the issuer's by up to five seconds is forgiven.
 */
export function timeProblem({ exp, iat, nbf }: TokenTimes): string | null {
  const now = Math.floor(Date.now() / 1_000);
  if (now >= exp + CLOCK_TOLERANCE_SECONDS) return 'expired';
  if (nbf !== undefined) {
    // JSON can write numbers that are infinite here.
    if (!Number.isFinite(nbf)) return 'nbf is not a finite number';
    if (nbf > now + CLOCK_TOLERANCE_SECONDS) return 'nbf lies ahead';
  }
  if (iat > now + CLOCK_TOLERANCE_SECONDS) return 'iat lies ahead';
  return null;
}
