import { getOAuthProviderApi } from '@better-auth/oauth-provider';
import type { BetterAuthPlugin, GenericEndpointContext, Verification } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import type { Pool } from 'pg';
import { fieldOf } from '../../common/caller';
import type { AuthConfig } from '../../common/config';
import type { HookMatch } from '../../common/hook-types';
import { namedClientId } from '../../common/client-id';
import { hashToken, toStoredIdentifier } from '../../common/stored-hashes';
import { CLOCK_TOLERANCE_SECONDS, GRANT_CLAIM, toGrantTime } from '../../../contract';
import { REQUEST_LIMIT_MS } from '../../../runtime/http/request-limits';
import { decodeJwtPayload } from '../../../runtime/tokens/jwt-payload';

const TOLERANCE_MS = CLOCK_TOLERANCE_SECONDS * 1_000;

interface UsedCodesParts {
  config: AuthConfig;
  pool: Pool;
}

/** What the row of a used code says. */
interface UsedCode {
  sessionId: string;
  clientId: string;
  replayed?: boolean;
}

const FIND = `
  SELECT id, identifier, value, expires_at AS "expiresAt", created_at AS "createdAt",
         updated_at AS "updatedAt"
    FROM verification WHERE identifier = $1 AND expires_at > $2`;

/** Of parallel requests, one changes the row: the others wait, and find another identifier. */
const USE = `
  UPDATE verification SET identifier = $3, value = $4, expires_at = $5, updated_at = $6
   WHERE id = $1 AND identifier = $2`;

const REPLAY = `
  UPDATE verification SET value = (value::jsonb || '{"replayed": true}')::text
   WHERE identifier = $1`;

const FORGET = 'DELETE FROM verification WHERE identifier = $1';

const FIND_USED = `
  SELECT v.value, g.granted_at AS "begunAt" FROM verification v
    LEFT JOIN (oauth_grant g JOIN oauth_client c
                 ON c.client_id = g.client_id AND c.grant_generation = g.generation)
      ON g.session_id = v.value::jsonb ->> 'sessionId' AND g.client_id = v.value::jsonb ->> 'clientId'
   WHERE v.identifier = $1`;

/** As a new grant does with the refresh tokens that it finds. */
const LEAVE_GRANT = `
  UPDATE oauth_refresh_token SET session_id = NULL WHERE authorization_code_id = $1`;

const FIND_CLIENTS = `
  SELECT client_id AS "clientId" FROM oauth_refresh_token WHERE authorization_code_id = $1
  UNION
  SELECT value::jsonb ->> 'clientId' FROM verification WHERE identifier = $2 AND expires_at > $3`;

/** Ends the grant of the used code, and that of each refresh token that the code led to. */
const END_GRANTS = `
  DELETE FROM oauth_grant WHERE (session_id, client_id) IN (
    SELECT session_id, client_id FROM oauth_refresh_token WHERE authorization_code_id = $1
    UNION ALL
    SELECT value::jsonb ->> 'sessionId', value::jsonb ->> 'clientId' FROM verification
     WHERE identifier = $2 AND expires_at > $3)`;

const INVALID_GRANT = { error: 'invalid_grant', error_description: 'invalid code' };

/**
 * A second use of a code ends the grant that the first use began (RFC 6749, section 4.1.2; RFC
 * 9700, section 4.5). The provider deletes the refresh tokens of the code that exist at the second
 * use. It leaves an access token without a refresh token, and the tokens of a first use that is not
 * over.
 *
 * The provider uses a code up before it authenticates the client: a stranger who knows a code
 * could prevent the sign-in. Here it only finds the code, and {@link use} uses it up when client,
 * redirect URI and verifier are right (RFC 6749, section 4.1.3). For the same reason a second use is
 * one of the client alone: others are refused before the provider deletes its refresh tokens.
 *
 * The first use is also refused when its grant ended meanwhile and another exchange has begun a new one,
 * to which its refresh token would belong.
 *
 * The row of a used code remains until its access tokens expire, under the name of a used code. The
 * second use writes to it, then ends the grant. The first use reads it after its last write: either
 * it finds the second use and ends the grant itself, or the second use finds the grant. The row of
 * a first use that is refused is deleted: it began no grant. When a first use fails for another
 * reason, the row remains, and a repeat of it ends the grant of its session and client.
 */
export class UsedCodes {
  private readonly found = new WeakMap<Request, Verification>();
  private readonly firstUses = new WeakSet<Request>();

  constructor(private readonly parts: UsedCodesParts) {}

  /** @returns the row of the code; `null`: it is used, or there is none. */
  async find(codeId: string, request: Request | undefined): Promise<Verification | null> {
    const { pool } = this.parts;
    const values = [toStoredIdentifier(codeId), new Date()];
    const { rows } = await pool.query<Verification>(FIND, values);
    const code = rows[0];
    if (code && request) this.found.set(request, code);
    return code ?? null;
  }

  /**
   * @param clientId the client that has authenticated.
   * @throws {APIError} `invalid_grant` for the code of another client.
   */
  async refuse(codeId: string, clientId: string): Promise<null> {
    const values = [codeId, nameOfUsed(codeId), new Date()];
    const { rows } = await this.parts.pool.query<{ clientId: string }>(FIND_CLIENTS, values);
    if (rows.some((row) => row.clientId !== clientId)) {
      throw new APIError('BAD_REQUEST', INVALID_GRANT);
    }
    return this.replay(codeId);
  }

  /**
   * Uses up the code that the request has found.
   * @returns when it was issued; `null`: another request has used it.
   */
  async use(request: Request | undefined, body: unknown): Promise<Date | null> {
    const { pool, config } = this.parts;
    const code = request && this.found.get(request);
    if (!code) return null;
    const codeId = codeIdOf(body);
    const { sessionId, query } = JSON.parse(code.value) as StoredCode;
    const used: UsedCode = { sessionId, clientId: query.client_id };
    const now = new Date();
    const expiry = new Date(now.getTime() + REQUEST_LIMIT_MS + config.jwtTtl + TOLERANCE_MS);
    const { id, identifier } = code;
    const values = [id, identifier, nameOfUsed(codeId), JSON.stringify(used), expiry, now];
    if ((await pool.query(USE, values)).rowCount !== 1) {
      await this.replay(codeId);
      return null;
    }
    this.firstUses.add(request);
    return code.createdAt;
  }

  /** @returns whether the first use may be answered with its tokens. */
  async end(request: Request | undefined, { body, token }: Exchange): Promise<boolean> {
    const isFirst = request !== undefined && this.firstUses.has(request);
    if (!isFirst) return token === undefined;
    const { pool } = this.parts;
    const codeId = codeIdOf(body);
    const name = nameOfUsed(codeId);
    if (token === undefined) {
      await pool.query(FORGET, [name]);
      return true;
    }
    const { rows } = await pool.query<{ value: string; begunAt: Date | null }>(FIND_USED, [name]);
    const used = rows[0] && (JSON.parse(rows[0].value) as UsedCode);
    if (used?.replayed === true) {
      await endGrants(codeId, pool);
      return false;
    }
    const grantedAt = toGrantTime(decodeJwtPayload(token)[GRANT_CLAIM]);
    if (grantedAt === (rows[0]?.begunAt?.getTime() ?? null)) return true;
    await pool.query(LEAVE_GRANT, [codeId]);
    return false;
  }

  private async replay(codeId: string): Promise<null> {
    const { pool } = this.parts;
    await pool.query(REPLAY, [nameOfUsed(codeId)]);
    await endGrants(codeId, pool);
    return null;
  }
}

interface Exchange {
  body: unknown;
  /** The access token of the answer. */
  token: string | undefined;
}

export function usedCodes(codes: UsedCodes) {
  return {
    id: 'gatehouse-used-codes',
    hooks: {
      before: [
        {
          matcher: isExchange,
          handler: createAuthMiddleware((ctx) => {
            const { context, request } = ctx;
            const consumeVerificationValue = async (id: string) =>
              (await codes.find(id, request)) ??
              codes.refuse(id, await authenticate(ctx as GenericEndpointContext));
            context.internalAdapter = { ...context.internalAdapter, consumeVerificationValue };
            return Promise.resolve();
          }),
        },
      ],
      after: [
        {
          matcher: isExchange,
          handler: createAuthMiddleware(async ({ body, context, request }) => {
            const { access_token: token } = (context.returned ?? {}) as { access_token?: string };
            if (await codes.end(request, { body, token })) return undefined;
            return Response.json(INVALID_GRANT, {
              status: 400,
              headers: { 'cache-control': 'no-store', pragma: 'no-cache' },
            });
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

/**
 * @returns the id of the client.
 * @throws {APIError} `invalid_client`
 */
async function authenticate(ctx: GenericEndpointContext): Promise<string> {
  // The provider has verified the assertion, which is valid once, before it looks for the code.
  if (fieldOf(ctx.body, 'client_assertion') !== '') return namedClientId(ctx.body, ctx.headers)!;
  const { options } = ctx.context.getPlugin('oauth-provider')!;
  const provider = getOAuthProviderApi(ctx, options, 'authorization_code');
  return (await provider.authenticateClient({ requireCredentials: false })).clientId;
}

function codeIdOf(body: unknown): string {
  return hashToken(fieldOf(body, 'code'));
}

function isExchange({ path, body }: HookMatch): boolean {
  return path === '/oauth2/token' && fieldOf(body, 'grant_type') === 'authorization_code';
}

function nameOfUsed(codeId: string): string {
  return `used-authorization-code-${codeId}`;
}

interface StoredCode {
  sessionId: string;
  query: { client_id: string };
}

async function endGrants(codeId: string, pool: Pool): Promise<void> {
  const values = [codeId, nameOfUsed(codeId), new Date()];
  await pool.query(END_GRANTS, values);
}
