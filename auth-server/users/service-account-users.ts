import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthEndpoint } from 'better-auth/api';
import { z } from 'zod';
import { assertActingClient } from '../common/caller';
import { EMAIL_TAKEN } from '../common/errors';
import { DEFAULT_ROLE, SERVICE_ACCOUNT_USERS_PATH, ROLES } from '../../contract';

const newUserSchema = z.object({
  email: z.email(),
  password: z.string().optional(),
  name: z.string(),
  role: z.enum(ROLES).default(DEFAULT_ROLE),
});

const NO_ADMINISTRATORS = {
  code: 'USER_REQUIRED',
  message: 'Only an administrator who signed in directly creates administrators.',
};

/** With the status of `/admin/create-user`. */
const TAKEN = { code: EMAIL_TAKEN.code, message: EMAIL_TAKEN.message };

/**
 * Creates a user for an OAuth client, as `/admin/create-user` does for an administrator. That
 * endpoint needs a session, and a service account has none. The API has checked the scopes, and
 * no other caller can send the header. A client never creates an administrator.
 */
export function serviceAccountUsers() {
  return {
    id: 'service-account-users',
    endpoints: {
      createUserForServiceAccount: createAuthEndpoint(
        SERVICE_ACCOUNT_USERS_PATH,
        { method: 'POST', body: newUserSchema },
        async (ctx) => {
          assertActingClient(ctx);
          if (ctx.body.role === 'admin') throw new APIError('FORBIDDEN', NO_ADMINISTRATORS);
          const { internalAdapter, generateId, password: passwords } = ctx.context;
          const { password, ...given } = ctx.body;
          const email = given.email.toLowerCase();
          if (await internalAdapter.findUserByEmail(email))
            throw new APIError('BAD_REQUEST', TAKEN);
          const id = generateId({ model: 'user' }) || crypto.randomUUID();
          const user = { ...given, id, email, emailVerified: false };
          if (password === undefined) {
            return ctx.json({ user: await internalAdapter.createUser(user, { method: 'admin' }) });
          }
          // `createOAuthUser` creates the user and the password's account in one transaction.
          const made = await internalAdapter.createOAuthUser(user, {
            providerId: 'credential',
            accountId: id,
            password: await passwords.hash(password),
          });
          return ctx.json({ user: made.user });
        },
      ),
    },
  } satisfies BetterAuthPlugin;
}
