import type { RequestHandler } from 'express';
import type { Pool } from 'pg';
import { CALLER_TOKEN_HEADER } from '../../contract';
import type { Auth } from '../better-auth/auth';
import { SESSION_ENDED, sendError } from '../common/errors';

interface SessionParts {
  auth: Auth;
  pool: Pool;
}

const FIND = `
  SELECT token FROM session WHERE id = $1 AND user_id = $2 AND expires_at > now()`;

/**
 * Serves a call of the API for a user within the session of the user's access token. The API
 * cannot read session tokens, and cannot act for a user who has not sent a request. Only the API
 * may use this: the access token of a client has fewer rights than the session.
 */
export function resolveCallerSession(parts: SessionParts): RequestHandler {
  return async (request, response, next) => {
    const accessToken = request.headers[CALLER_TOKEN_HEADER];
    if (accessToken === undefined) return next();
    const sessionToken = await findSessionToken(String(accessToken), parts);
    if (sessionToken === null) return sendError(response, SESSION_ENDED);
    delete request.headers[CALLER_TOKEN_HEADER];
    request.headers.authorization = `Bearer ${sessionToken}`;
    next();
  };
}

/**
 * Better-Auth answers `null` for an invalid token, and also when the keys could not be read. A
 * database that fails is no reason to end a session: the answer is then 503.
 */
async function verifyToken(token: string, { auth, pool }: SessionParts) {
  const verify = async () => (await auth.api.verifyJWT({ body: { token } })).payload;
  const payload = await verify();
  if (payload) return payload;
  await pool.query('SELECT 1');
  return verify();
}

async function findSessionToken(
  accessToken: string,
  { auth, pool }: SessionParts,
): Promise<string | null> {
  const payload = await verifyToken(accessToken, { auth, pool });
  if (!payload) return null;
  const { rows } = await pool.query<{ token: string }>(FIND, [payload['sid'], payload.sub]);
  return rows[0]?.token ?? null;
}
