import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import type { Pool } from 'pg';
import { BreachedPasswords } from './breached-passwords';
import type { PasswordHasher } from './password-hasher';
import { isEasilyGuessed } from './password-rules';
import { PasswordUpgrade } from './password-upgrade';
import { whileLeft } from '../admission/plugin';
import { ACTING_CLIENT_HEADER, PASSWORD_LENGTH, SERVICE_ACCOUNT_USERS_PATH } from '../../contract';
import type { AuthConfig } from '../common/config';
import { callerOf, fieldOf, isAdministrator, ownerOfResetToken } from '../common/caller';
import type { HookContext } from '../common/hook-types';
import { requestContext } from '../common/request-context';
import type { UserContact } from '../common/user-contact';
import type { Logger } from '../../runtime/logger';

/** The endpoints that set a password: the field, and the user who gets it. */
const NEW_PASSWORDS: Record<
  string,
  { field: string; personOf: (ctx: HookContext) => Promise<UserContact | null> }
> = {
  '/sign-up/email': { field: 'password', personOf: (ctx) => Promise.resolve(personIn(ctx.body)) },
  '/change-password': { field: 'newPassword', personOf: callerOf },
  '/reset-password': { field: 'newPassword', personOf: ownerOfResetToken },
  '/admin/create-user': { field: 'password', personOf: forAdministrators(newUser) },
  [SERVICE_ACCOUNT_USERS_PATH]: { field: 'password', personOf: forServiceAccounts },
  '/admin/set-user-password': { field: 'newPassword', personOf: forAdministrators(namedUser) },
};

const TOO_SHORT = { code: 'PASSWORD_TOO_SHORT', message: 'Password too short' };
const TOO_LONG = { code: 'PASSWORD_TOO_LONG', message: 'Password too long' };

const TOO_COMMON = {
  code: 'PASSWORD_TOO_COMMON',
  message:
    'This password is among the first that are guessed. Choose a longer one, for example several unrelated words.',
};

const BREACHED = {
  code: 'PASSWORD_BREACHED',
  message: 'This password is known from a data breach of another service. Choose another one.',
};

export interface PasswordParts {
  config: AuthConfig;
  pool: Pool;
  logger: Logger;
  hasher: PasswordHasher;
}

/**
 * Refuses new passwords that are easily guessed or known from a breach, at all endpoints that set
 * one. Renews old hashes at a sign-in. A character is a code point (NIST SP 800-63B-4, section
 * 3.1.1.2).
 */
export function passwordRules({ config, ...parts }: PasswordParts): BetterAuthPlugin {
  const breached = new BreachedPasswords(config.breachedPasswordsUrl, parts.logger);
  const upgrade = new PasswordUpgrade(parts);
  return {
    id: 'gatehouse-passwords',
    init: () => upgrade.queryOldHashes(),
    hooks: {
      before: [
        {
          matcher: ({ path }) => path !== undefined && Object.hasOwn(NEW_PASSWORDS, path),
          handler: createAuthMiddleware((ctx) => checkNewPassword(ctx, breached)),
        },
      ],
      after: [
        {
          matcher: ({ path }) => path === '/sign-in/email',
          handler: createAuthMiddleware((ctx) => renewHash(ctx, upgrade)),
        },
      ],
    },
  };
}

async function checkNewPassword(ctx: HookContext, breached: BreachedPasswords): Promise<void> {
  const { field, personOf } = NEW_PASSWORDS[ctx.path]!;
  const password = fieldOf(ctx.body, field);
  // No password is set, or the endpoint reports that it is missing.
  if (password === '') return;
  const person = await personOf(ctx);
  // A caller without the right to set a password gets no information about it.
  if (!person) return;
  // Better-Auth checks no length for a user that an administrator creates.
  const { length } = Array.from(password);
  if (length < PASSWORD_LENGTH.least) throw new APIError('BAD_REQUEST', TOO_SHORT);
  if (length > PASSWORD_LENGTH.most) throw new APIError('BAD_REQUEST', TOO_LONG);
  if (isEasilyGuessed(password, person)) throw new APIError('BAD_REQUEST', TOO_COMMON);
  if (await isBreached(password, breached)) throw new APIError('BAD_REQUEST', BREACHED);
}

/** Other requests do not wait for the service of breached passwords. */
function isBreached(password: string, breached: BreachedPasswords): Promise<boolean> {
  return breached.isOn ? whileLeft(() => breached.has(password)) : breached.has(password);
}

function renewHash(ctx: HookContext, upgrade: PasswordUpgrade): Promise<void> {
  const hash = requestContext.getStore()?.outdatedHash;
  if (hash !== undefined) {
    const [email, password] = [fieldOf(ctx.body, 'email'), fieldOf(ctx.body, 'password')];
    upgrade.begin({ email, password, hash });
  }
  upgrade.queryOldHashes();
  return Promise.resolve();
}

function personIn(body: unknown): UserContact {
  return { email: fieldOf(body, 'email'), name: fieldOf(body, 'name') };
}

function forAdministrators(personOf: (ctx: HookContext) => Promise<UserContact | null>) {
  return async (ctx: HookContext): Promise<UserContact | null> =>
    isAdministrator(await callerOf(ctx)) ? personOf(ctx) : null;
}

/** Only the API sends the header that names a service account. */
function forServiceAccounts(ctx: HookContext): Promise<UserContact | null> {
  return ctx.headers?.has(ACTING_CLIENT_HEADER) ? newUser(ctx) : Promise.resolve(null);
}

function newUser(ctx: HookContext): Promise<UserContact> {
  return Promise.resolve(personIn(ctx.body));
}

function namedUser(ctx: HookContext): Promise<UserContact | null> {
  return ctx.context.internalAdapter.findUserById(fieldOf(ctx.body, 'userId'));
}
