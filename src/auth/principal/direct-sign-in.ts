import type { Principal } from './principal';
import { Problem } from '../../common/problems/problem';

/**
 * Whether a user signed in here directly: neither a service account, nor a client that acts for a
 * user. First-party clients count as direct, such as the client of the API's own documentation.
 */
export function isDirect(principal: Principal): boolean {
  return principal.kind === 'user' && (principal.clientId === null || principal.isFirstParty);
}

const ADMINISTRATORS_ONLY_DIRECTLY =
  'Only an administrator who signed in directly can create or change administrators.';

/**
 * Refuses clients that change an administrator or create one. Call it in the transaction of the
 * change, with the role of the locked row. @throws {Problem} `user_required`
 */
export function assertMayChangeAdministrators(principal: Principal): void {
  if (isDirect(principal)) return;
  throw new Problem('user_required', { detail: ADMINISTRATORS_ONLY_DIRECTLY });
}
