import { admin } from 'better-auth/plugins';
import { adminAc, userAc } from 'better-auth/plugins/admin/access';
import { accountChanges } from './account-changes';
import { openedLinks } from './opened-links';
import type { AuthConfig } from '../common/config';
import { ADMIN_MAPPING } from './schema';
import { serviceAccountUsers } from './service-account-users';
import { DEFAULT_ROLE, ROLES } from '../../contract';
import type { Mailer } from '../mail/mailer';
import { BANNED_MESSAGE } from '../common/errors';
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

/** Rules of Gatehouse around changes of an account. */
export function accounts(mailer: Mailer, { authUrl }: Pick<AuthConfig, 'authUrl'>) {
  // A change that is void is refused before its link counts as used.
  return [userRemoval, accountChanges(mailer), openedLinks(authUrl), serviceAccountUsers()];
}
