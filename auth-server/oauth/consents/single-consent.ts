import type { BetterAuthPlugin } from 'better-auth';
import type { Adapter } from '../../common/hook-types';
import { isUniqueViolation } from '../../../runtime/database/database-errors';

type Input = Parameters<Adapter['create']>[0];

/** Of migrations/1795689100000-KeepOneConsent. */
const ONE_CONSENT = 'oauth_consent_user_id_client_id_uidx';

/**
 * A user has one consent for a client. The provider looks for it before it inserts one. When
 * another request inserts it in between, this request changes it, as a later request does.
 */
export const singleConsent = {
  id: 'gatehouse-single-consent',
  init: ({ adapter }) => {
    const { create } = adapter;
    adapter.create = (async (input: Input) => {
      try {
        return await create(input);
      } catch (error) {
        if (!isUniqueViolation(error, ONE_CONSENT)) throw error;
        // It is missing when the user has withdrawn it since then.
        return (await changeConsent(adapter, input)) ?? (await create(input));
      }
    }) as Adapter['create'];
  },
} satisfies BetterAuthPlugin;

function changeConsent(adapter: Adapter, { model, data }: Input) {
  const consent: Record<string, unknown> = data;
  const { clientId, userId, scopes, resources, requestedUserInfoClaims, updatedAt } = consent;
  return adapter.update({
    model,
    where: [
      { field: 'clientId', value: String(clientId) },
      { field: 'userId', value: String(userId) },
    ],
    update: { scopes, resources, requestedUserInfoClaims, updatedAt },
  });
}
