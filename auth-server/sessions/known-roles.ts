import { APIError } from 'better-auth/api';
import { UNKNOWN_ROLE } from '../common/errors';
import type { EndpointContext } from '../common/hook-types';
import { isRole } from '../../contract';

/**
 * A user whose role no feature declares begins no session, in no way: no access token can be issued
 * for it. The database can contain such a role while it is shared with a version that declares it.
 *
 * @throws {APIError} 403 `UNKNOWN_ROLE`
 */
export async function refuseUnknownRole(
  { userId }: { userId: string },
  ctx: EndpointContext,
): Promise<void> {
  if (!ctx) return;
  const { internalAdapter, logger } = ctx.context;
  const user = (await internalAdapter.findUserById(userId)) as { role?: unknown } | null;
  if (!user || isRole(user.role)) return;
  const role = String(user.role);
  logger.warn(`user ${userId} cannot sign in: no feature declares the role ${role}`);
  throw new APIError('FORBIDDEN', UNKNOWN_ROLE);
}
