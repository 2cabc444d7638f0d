import type { Request, RequestHandler } from 'express';
import type { Client } from 'pg';
import { sendError, type ErrorAnswer } from '../common/errors';
import type { AuthConfig } from '../common/config';
import { LOCKS } from '../../contract';
import { whileLocked } from '../common/database';

const LAST_ADMIN: ErrorAnswer = {
  status: 409,
  code: 'LAST_ADMIN',
  message: 'The change would leave no administrator in force.',
};

/** Better-Auth's endpoints that can take an administrator away, and when a body does so. */
const THREATS: Record<string, (body: Body) => boolean> = {
  '/admin/remove-user': () => true,
  '/admin/ban-user': () => true,
  '/admin/set-role': ({ role }) => role !== 'admin',
  '/admin/update-user': ({ data }) => isDemotion(data) || data?.banned === true,
};

interface Body {
  userId?: unknown;
  role?: unknown;
  data?: { role?: unknown; banned?: unknown } | null;
}

const SELECT_IS_LAST = `
  SELECT EXISTS (SELECT FROM "user" WHERE id = $1 AND role = 'admin')
     AND NOT EXISTS (SELECT FROM "user" WHERE id <> $1 AND role = 'admin'
                        AND NOT (banned AND (ban_expires IS NULL OR ban_expires > now()))) AS "isLast"`;

/**
 * Holds Better-Auth's own endpoints to what the API promises: one administrator in force
 * always remains, whatever runs at the same time. The lock is held until the work is done, not
 * until the answer is out: a caller who hangs up ends the one and not the other.
 */
export function keepAnAdministrator(
  { databaseUrl }: AuthConfig,
  handle: RequestHandler,
): RequestHandler {
  return async (request, response, next) => {
    const userId = threatenedUser(request);
    const work = () => handle(request, response, next);
    if (userId === null) return work();
    return whileLocked({ databaseUrl, key: LOCKS.administrators }, async (client) => {
      if (await isLastAdministrator(client, userId)) sendError(response, LAST_ADMIN);
      else await work();
    });
  };
}

/** Below the path at which Better-Auth is mounted; a body that cannot be read is refused by it. */
function threatenedUser({ method, path, body: text }: Request): string | null {
  const isThreat = THREATS[path.replace(/\/+$/, '')];
  if (method !== 'POST' || !isThreat || typeof text !== 'string') return null;
  try {
    const body = JSON.parse(text) as Body | null;
    return body && isThreat(body) ? String(body.userId) : null;
  } catch {
    return null;
  }
}

function isDemotion(data: Body['data']): boolean {
  return data?.role !== undefined && data.role !== 'admin';
}

async function isLastAdministrator(client: Client, userId: string): Promise<boolean> {
  const { rows } = await client.query<{ isLast: boolean }>(SELECT_IS_LAST, [userId]);
  return rows[0]!.isLast;
}
