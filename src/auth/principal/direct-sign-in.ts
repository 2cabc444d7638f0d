import type { Principal } from './principal';
import { DOCS_CLIENT_ID } from '../../../contract';
import { Problem } from '../../common/problems/problem';

/**
 * Whether a user signed in here directly: neither a service account, nor a client that acts for a
 * user. The client of the API's own documentation counts as direct.
 */
export function isDirect({ kind, clientId }: Principal): boolean {
  return kind === 'user' && (clientId === null || clientId === DOCS_CLIENT_ID);
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
