import type { RawAnswer } from '../support/raw-http';
import type { Asked } from './campaign';
import { type Role } from './people';

/** The scheme of the document that opens an operation to a client which is not first-party. */
const SCHEME_OF: Partial<Record<Role, string>> = { client: 'oauth2', 'service account': 'machine' };

/** Its scope was not requested, see people.ts. */
const NOT_GRANTED = 'access-events:read';

/** The problems of the guard for a client. */
const REFUSALS = /"(insufficient_scope|user_required)"/;

/**
 * Whether the guard does what `security` of the operation says to OAuth clients: a closed operation
 * is never answered with success, and an open one never refuses a client that has its scopes. No
 * operation is closed to a first-party client.
 */
export function faultsOfAccess({ operation, role }: Asked, { status, text }: RawAnswer): string[] {
  if (role === 'first-party client') {
    return status === 403 && REFUSALS.test(text)
      ? [`${status}, but the client is first-party`]
      : [];
  }
  const scheme = SCHEME_OF[role];
  const { security } = operation;
  if (scheme === undefined || security.length === 0) return [];
  const scopes = security.flatMap((way) => way[scheme] ?? []);
  if (scopes.length === 0) {
    return status < 400 ? [`${status}, but the document closes the operation to a ${role}`] : [];
  }
  const isRefused = status === 403 && text.includes('"insufficient_scope"');
  const isGranted = !scopes.includes(NOT_GRANTED);
  return isRefused && isGranted
    ? [`${status}, but the ${role} has the scope ${scopes.join(' ')}`]
    : [];
}
