import { CLOCK_TOLERANCE_SECONDS } from '../../../contract';

/** The times of a token, in seconds since the epoch (RFC 7519, section 4.1). */
export interface TokenTimes {
  exp: number;
  iat: number;
  nbf?: number;
}

/**
 * The reason why a token is not in force, for the log; `null` when it is. A difference of five
 * seconds to the clock of the issuer is accepted.
 */
export function timeProblem({ exp, iat, nbf }: TokenTimes): string | null {
  const now = Math.floor(Date.now() / 1_000);
  if (now >= exp + CLOCK_TOLERANCE_SECONDS) return 'expired';
  if (nbf !== undefined) {
    // JSON can contain numbers that become infinite here.
    if (!Number.isFinite(nbf)) return 'nbf is not a finite number';
    if (nbf > now + CLOCK_TOLERANCE_SECONDS) return 'nbf is in the future';
  }
  if (iat > now + CLOCK_TOLERANCE_SECONDS) return 'iat is in the future';
  return null;
}
