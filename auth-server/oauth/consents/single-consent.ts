import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import type { Pool } from 'pg';
import { fieldOf } from '../../common/caller';
import type { Adapter } from '../../common/hook-types';
import { isUniqueViolation } from '../../../runtime/database/database-errors';

/** The provider's model. */
const CONSENT = 'oauthConsent';

/** Of migrations/1795689100000-KeepOneConsent. */
const ONE_CONSENT = 'oauth_consent_user_id_client_id_uidx';

/** One statement: of two consents at the same time, the later one adds to the earlier one. */
const EXTEND = `
  UPDATE oauth_consent
     SET scopes = (scopes - $2::text[] - $3::text[]) || to_jsonb($3::text[]),
         resources = (coalesce(resources, '[]') - $4::text[]) || to_jsonb($4::text[]),
         requested_user_info_claims =
           (coalesce(requested_user_info_claims, '[]') - $5::text[]) || to_jsonb($5::text[]),
         updated_at = $6
   WHERE id = $1`;

interface Accepted {
  scopes: string[];
  resources?: string[];
  requestedUserInfoClaims?: string[];
  updatedAt: Date;
}

/**
 * A user has one consent for a client. The provider replaces it by what the newest request asks
 * for. A consent that loses a scope ends the grants of the client, so two devices or applications
 * with different requests would end the grants of each other. Here a consent is added to the
 * earlier ones. Only scopes of the request that the user does not accept are taken away. Users take
 * a consent back at `/oauth2/update-consent` and `/oauth2/delete-consent`.
 */
export function singleConsent(pool: Pool) {
  return {
    id: 'gatehouse-single-consent',
    hooks: {
      before: [
        {
          matcher: ({ path }) => path === '/oauth2/consent',
          handler: createAuthMiddleware(({ body, context }) => {
            const extend = async (id: string, consent: Accepted) => {
              const { scopes, resources = [], requestedUserInfoClaims = [], updatedAt } = consent;
              const refused = requestedScopes(body).filter((scope) => !scopes.includes(scope));
              const values = [id, refused, scopes, resources, requestedUserInfoClaims, updatedAt];
              await pool.query(EXTEND, values);
            };
            context.adapter = withConsents(context.adapter, extend);
            return Promise.resolve();
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}

type Extend = (id: string, consent: Accepted) => Promise<void>;

/** The provider looks for a consent before it inserts one: another request can be faster. */
function withConsents(adapter: Adapter, extend: Extend): Adapter {
  const create = async (input: Parameters<Adapter['create']>[0]) => {
    if (input.model !== CONSENT) return adapter.create(input);
    try {
      return await adapter.create(input);
    } catch (error) {
      if (!isUniqueViolation(error, ONE_CONSENT)) throw error;
      const { clientId, userId }: Record<string, unknown> = input.data;
      const found = await adapter.findOne<{ id: string }>({
        model: CONSENT,
        where: [
          { field: 'clientId', value: String(clientId) },
          { field: 'userId', value: String(userId) },
        ],
      });
      // It is missing when the user has withdrawn it since then.
      if (!found) return adapter.create(input);
      await extend(found.id, input.data as unknown as Accepted);
      return found;
    }
  };
  const update = async (input: Parameters<Adapter['update']>[0]) => {
    if (input.model !== CONSENT) return adapter.update(input);
    await extend(input.where[0]!.value as string, input.update as unknown as Accepted);
    return null;
  };
  return { ...adapter, create: create as Adapter['create'], update: update as Adapter['update'] };
}

/** Of the signed authorization request. */
function requestedScopes(body: unknown): string[] {
  const scope = new URLSearchParams(fieldOf(body, 'oauth_query')).get('scope') ?? '';
  return scope.split(' ').filter(Boolean);
}
