import type { RequestHandler } from 'express';
import type { Pool } from 'pg';
import { CALLER_TOKEN_HEADER, COMMITTED_CHANGE_HEADER } from '../../contract';
import type { AuthConfig } from '../common/config';
import { SESSION_ENDED, sendError } from '../common/errors';
import type { SigningKeys } from '../signing-keys/signing-keys';
import { TokenVerifier } from '../signing-keys/token-verifier';

interface SessionParts {
  config: AuthConfig;
  pool: Pool;
  signingKeys: SigningKeys;
}

const FIND = `
  SELECT token FROM session WHERE id = $1 AND user_id = $2 AND expires_at > now()`;

/**
 * Serves a call of the API for a user within the session of the user's access token. The API
 * cannot read session tokens, and cannot act for a user who has not sent a request. Only the API
 * may use this: the access token of a client has fewer rights than the session.
 */
export function resolveCallerSession(parts: SessionParts): RequestHandler {
  const verifier = new TokenVerifier(parts);
  return async (request, response, next) => {
    const accessToken = request.headers[CALLER_TOKEN_HEADER];
    if (accessToken === undefined) return next();
    const sessionToken = await findSessionToken(String(accessToken), { ...parts, verifier });
    const isCommitted = request.headers[COMMITTED_CHANGE_HEADER] !== undefined;
    if (sessionToken === null && !isCommitted) return sendError(response, SESSION_ENDED);
    delete request.headers[CALLER_TOKEN_HEADER];
    if (sessionToken !== null) request.headers.authorization = `Bearer ${sessionToken}`;
    next();
  };
}

async function findSessionToken(
  accessToken: string,
  { config, pool, verifier }: SessionParts & { verifier: TokenVerifier },
): Promise<string | null> {
  const rules = { audience: config.jwtAudience, requiredClaims: ['sub', 'sid'] };
  const payload = await verifier.verify(accessToken, rules);
  if (!payload) return null;
  const { rows } = await pool.query<{ token: string }>(FIND, [payload['sid'], payload.sub]);
  return rows[0]?.token ?? null;
}
