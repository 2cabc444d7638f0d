import type { AuthServerAnswer } from './auth-server.client';
import type { TwoFactorRequired } from './second-step.schemas';
import { CHALLENGE_COOKIE } from '../../contract';
import { Problem } from '../common/problems/problem';

/**
 * The challenge, when the auth server answers a correct password with a request for the second
 * factor; `null` otherwise. The challenge is the signed cookie of the auth server: it identifies
 * the waiting sign-in and gives access to the second step only.
 */
export function findChallenge({ headers, body }: AuthServerAnswer): TwoFactorRequired | null {
  if (body.twoFactorRedirect !== true) return null;
  const cookies = headers.getSetCookie().map((line) => line.split(';', 1)[0]!);
  const found = cookies.find((cookie) => cookie.split('=', 1)[0]!.endsWith(CHALLENGE_COOKIE));
  if (!found) throw new Problem('auth_server_failed', { cause: 'a second factor, no challenge' });
  return { twoFactorRequired: true, challenge: found.slice(found.indexOf('=') + 1) };
}
