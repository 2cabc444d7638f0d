import { admin } from 'better-auth/plugins';
import type { Pool } from 'pg';
import { administratorsInForce } from './administrators-in-force';
import { adminAc, userAc } from 'better-auth/plugins/admin/access';
import { accountChanges } from './account-changes';
import { listBounds } from './list-bounds';
import { openedLinks } from './opened-links';
import { recoveredAccounts } from './recovered-account';
import type { AuthConfig } from '../common/config';
import { ADMIN_MAPPING } from './schema';
import { serviceAccountUsers } from './service-account-users';
import { DEFAULT_ROLE, ROLES } from '../../contract';
import { BANNED_MESSAGE } from '../common/errors';
import { banPolicy } from './user-policy';
import { userRemoval } from './user-removal';

export { signUpPolicy } from './user-policy';

/** Better-Auth's admin plugin: roles, bans, impersonation. */
export function administration() {
  return admin({
    roles: Object.fromEntries(ROLES.map((role) => [role, role === 'admin' ? adminAc : userAc])),
    adminRoles: ['admin'],
    defaultRole: DEFAULT_ROLE,
    bannedUserMessage: BANNED_MESSAGE,
    schema: ADMIN_MAPPING,
  });
}

/** Rules of Gatehouse for changes of an account. */
export function accounts({ authUrl }: Pick<AuthConfig, 'authUrl'>, pool: Pool) {
  // `accountChanges` before `openedLinks`, which marks a link as used: a used link is refused.
  return [
    administratorsInForce(pool),
    banPolicy,
    listBounds,
    userRemoval,
    accountChanges(pool),
    openedLinks(authUrl),
    recoveredAccounts,
    serviceAccountUsers(),
  ];
}
