import { APIError } from 'better-auth/api';
import type { Pool } from 'pg';
import type { AuthConfig } from '../common/config';
import type { HookContext } from '../common/hook-types';
import type { SigningKeys } from '../signing-keys/signing-keys';
import { TokenVerifier } from '../signing-keys/token-verifier';
import { type ApiScope, MAX_TOKEN_LENGTH, parseAccessTokenClaims } from '../../contract';

/** The scope of a service account that receives security events. */
const RECEIVER_SCOPE: ApiScope = 'ssf:manage';

/** A service account without this grant type has no scopes, also with a token from before. */
const IS_SERVICE_ACCOUNT = `c.grant_types ? 'client_credentials'`;

const SCOPES_IN_FORCE = `
  SELECT CASE WHEN ${IS_SERVICE_ACCOUNT} THEN client_credentials_scopes END AS "scopes"
    FROM oauth_client c WHERE client_id = $1 AND NOT disabled`;

/** Clients whose streams are served: part of a WHERE with `oauth_client c`. */
export const SERVED_CLIENT = `NOT c.disabled AND ${IS_SERVICE_ACCOUNT}
  AND c.client_credentials_scopes ? '${RECEIVER_SCOPE}'`;

interface AccessParts {
  config: AuthConfig;
  pool: Pool;
  signingKeys: SigningKeys;
}

/** Admits service accounts with the scope `ssf:manage` by their access tokens. */
export class ReceiverAccess {
  private readonly verifier: TokenVerifier;

  constructor(private readonly parts: AccessParts) {
    this.verifier = new TokenVerifier(parts);
  }

  /**
   * @returns the id of the client, whose state in the database decides.
   * @throws {APIError} 401 without a valid token, 403 without the scope (RFC 6750, section 3.1).
   */
  async admit({ headers }: Pick<HookContext, 'headers'>): Promise<string> {
    const [, token] = /^Bearer +([\w.-]+)$/i.exec(headers?.get('authorization') ?? '') ?? [];
    if (token === undefined) throw unauthorized('Bearer');
    const claims = token.length > MAX_TOKEN_LENGTH ? null : await this.verify(token);
    if (!claims) throw unauthorized('Bearer error="invalid_token"');
    if (claims.kind !== 'client') throw forbidden();
    const { rows } = await this.parts.pool.query<{ scopes: string[] | null }>(SCOPES_IN_FORCE, [
      claims.clientId,
    ]);
    if (rows.length === 0) throw unauthorized('Bearer error="invalid_token"');
    const scopes = [claims.scopes, rows[0]!.scopes ?? []];
    if (!scopes.every((list) => list.includes(RECEIVER_SCOPE))) throw forbidden();
    return claims.clientId;
  }

  /** @returns `null` for a token that is not an access token of this server for the API. */
  private async verify(token: string) {
    const { jwtAudience: audience, jwtAlgorithm } = this.parts.config;
    const rules = { audience, algorithms: [jwtAlgorithm], typ: 'at+jwt' };
    const payload = await this.verifier.verify(token, rules);
    const result = payload && parseAccessTokenClaims(payload);
    return result?.ok ? result.claims : null;
  }
}

function unauthorized(challenge: string): APIError {
  const body = { code: 'UNAUTHORIZED', message: 'A service account sends its access token.' };
  return new APIError('UNAUTHORIZED', body, { 'WWW-Authenticate': challenge });
}

function forbidden(): APIError {
  const body = {
    code: 'FORBIDDEN',
    message: `Only for service accounts with the scope ${RECEIVER_SCOPE}.`,
  };
  const challenge = `Bearer error="insufficient_scope", scope="${RECEIVER_SCOPE}"`;
  return new APIError('FORBIDDEN', body, { 'WWW-Authenticate': challenge });
}
