import type { BetterAuthPlugin, GenericEndpointContext } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import type { Pool } from 'pg';
import type { GrantedToken, Grants } from './grants';
import type { Resources } from '../resources/resources';
import { fieldOf } from '../../common/caller';
import type { AuthConfig } from '../../common/config';
import { hashToken } from '../../common/stored-hashes';
import { mayHaveSessions } from '../../sessions/claims';
import { GRANT_CLAIM, RENEWAL_SCOPE } from '../../../contract';

/** The answer of introspection (RFC 7662, section 2.2). */
interface Shown extends Partial<GrantedToken> {
  active?: boolean;
  /** None in that of a refresh token. */
  aud?: string | string[];
  sub?: string;
  sid?: string;
  client_id?: string;
  scope?: string;
  role?: string;
}

/** A client without the grant type of a service account has no scopes of its own. */
const FIND_CLIENT = `
  SELECT coalesce(scopes, '[]') AS "scopes", coalesce(skip_consent, false) AS "firstParty",
         CASE WHEN grant_types ? 'client_credentials' THEN client_credentials_scopes END
           AS "ownScopes"
    FROM oauth_client WHERE client_id = $1 AND NOT disabled`;

interface ClientRow {
  scopes: string[];
  firstParty: boolean;
  ownScopes: string[] | null;
}

const FIND_RESOURCES = `
  SELECT coalesce(resources, '[]') AS resources FROM oauth_refresh_token WHERE token = $1`;

interface IntrospectionParts {
  config: Pick<AuthConfig, 'jwtAudience'>;
  grants: Grants;
  resources: Resources;
  pool: Pool;
}

/**
 * What introspection says about a client's own tokens: the scopes and the role in force. The
 * provider reports those that were signed. It checks only the session, which a direct change of the
 * database may leave, and no session for a refresh token.
 */
export function introspection(parts: IntrospectionParts) {
  return {
    id: 'gatehouse-introspection',
    hooks: {
      after: [
        {
          matcher: ({ path }) => path === '/oauth2/introspect',
          handler: createAuthMiddleware(async (ctx) => {
            const shown = (ctx.context.returned ?? {}) as Shown;
            if (shown.active !== true) return undefined;
            const inForce = await describe(shown, { ...parts, ...ctx.context });
            const isUseless =
              inForce && shown.aud === undefined && !(await canRenew(inForce, ctx.body, parts));
            return ctx.json(isUseless || !inForce ? { active: false } : inForce);
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

type DescribeParts = IntrospectionParts &
  Pick<GenericEndpointContext['context'], 'internalAdapter'>;

/** @returns `null`: it is not active. */
async function describe(
  { [GRANT_CLAIM]: grantedAt, ...shown }: Shown,
  { config, grants, pool, internalAdapter }: DescribeParts,
): Promise<Shown | null> {
  const { aud, sub, client_id: clientId = '', sid: sessionId, iat } = shown;
  const { rows } = await pool.query<ClientRow>(FIND_CLIENT, [clientId]);
  if (!rows[0] || sub === undefined) return null;
  const { scopes, ownScopes, firstParty } = rows[0];
  if (sub === clientId) return withScopes(shown, ownScopes ?? []);
  if (aud === undefined && !scopes.includes(RENEWAL_SCOPE)) return null;
  const user = await internalAdapter.findUserById(sub);
  const key = { sessionId, clientId };
  // A new grant deletes the refresh tokens of the former one, which have no time of issue here.
  const isGranted =
    iat === undefined
      ? (await grants.find(key)) !== null
      : await grants.isInForce(key, { iat, [GRANT_CLAIM]: grantedAt });
  const isInForce = user && mayHaveSessions(user) && isGranted;
  const isWithoutScopes = firstParty && [aud].flat().includes(config.jwtAudience);
  const narrowed = isInForce ? withScopes(shown, scopes, isWithoutScopes) : null;
  if (narrowed?.role === undefined) return narrowed;
  return { ...narrowed, role: (user as { role?: string }).role };
}

/** Whether a token for one of the resources of a refresh token has a scope. */
async function canRenew(
  { scope = '' }: Shown,
  body: unknown,
  { resources, pool }: IntrospectionParts,
): Promise<boolean> {
  const token = fieldOf(body, 'token').replace(/^\w+ +/, '');
  const { rows } = await pool.query<{ resources: string[] }>(FIND_RESOURCES, [hashToken(token)]);
  for (const resource of rows[0]?.resources ?? []) {
    if ((await resources.narrowTo(resource, scope.split(' '))).length > 0) return true;
  }
  return false;
}

/**
 * @param isWithoutScopes whether the token has a right without scopes: at the API, of a first-party
 * client.
 */
function withScopes(shown: Shown, allowed: string[], isWithoutScopes = false): Shown | null {
  const scopes = (shown.scope ?? '').split(' ').filter((scope) => allowed.includes(scope));
  return scopes.length > 0 || isWithoutScopes ? { ...shown, scope: scopes.join(' ') } : null;
}
