import { setTimeout as sleep } from 'node:timers/promises';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import { whileLeft } from '../../admission/plugin';
import { fieldOf } from '../../common/caller';
import type { HookMatch } from '../../common/hook-types';
import { CLOCK_TOLERANCE_SECONDS } from '../../../contract';
import { restartTime } from '../../../runtime/database/database-scope';
import { decodeJwtPayload } from '../../../runtime/tokens/jwt-payload';

const ISSUED_LATER = {
  error: 'invalid_client',
  error_description: 'client assertion iat lies in the future',
};

export function hasAssertion({ path, body }: HookMatch): boolean {
  return path?.startsWith('/oauth2/') === true && fieldOf(body, 'client_assertion') !== '';
}

/**
 * The times of a client assertion that the provider does not check (`iat` in the future), or checks
 * without a clock tolerance (`nbf`, which `oauth4webapi` sets to the time of the client). The
 * provider verifies the assertion afterwards, so a request within the tolerance waits for `nbf`: it
 * holds a timer and no place among the requests that are served.
 */
export const checkAssertionTimes = createAuthMiddleware(async ({ body }) => {
  const { iat, nbf } = claimsOf(fieldOf(body, 'client_assertion'));
  const latest = Math.floor(Date.now() / 1_000) + CLOCK_TOLERANCE_SECONDS;
  if (typeof iat === 'number' && iat > latest) throw new APIError('BAD_REQUEST', ISSUED_LATER);
  if (typeof nbf !== 'number' || nbf > latest || nbf * 1_000 <= Date.now()) return;
  await whileLeft(() => waitUntil(Math.ceil(nbf) * 1_000));
  restartTime();
});

/** A timer can end before its time. */
async function waitUntil(time: number): Promise<void> {
  for (let left = time - Date.now(); left > 0; left = time - Date.now()) await sleep(left);
}

function claimsOf(assertion: string): Record<string, unknown> {
  try {
    return decodeJwtPayload(assertion) ?? {};
  } catch {
    return {};
  }
}
