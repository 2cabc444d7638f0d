import type { AuthServerAnswer } from './auth-server.client';
import type { TwoFactorRequired } from './second-step.schemas';
import { CHALLENGE_COOKIE } from '../../contract';
import { Problem } from '../common/problems/problem';

/**
 * The challenge, when the auth server answers a correct password with a request for the
 * second factor; `null` when it does not.
 *
 * The challenge is the auth server's own signed cookie, as it is: it names a note of whose
 * sign-in waits, and opens nothing but the second step.
 */
export function findChallenge({ headers, body }: AuthServerAnswer): TwoFactorRequired | null {
  if (body.twoFactorRedirect !== true) return null;
  const cookies = headers.getSetCookie().map((line) => line.split(';', 1)[0]!);
  const found = cookies.find((cookie) => cookie.split('=', 1)[0]!.endsWith(CHALLENGE_COOKIE));
  if (!found) throw new Problem('auth_server_failed', { cause: 'a second factor, no challenge' });
  return { twoFactorRequired: true, challenge: found.slice(found.indexOf('=') + 1) };
}
