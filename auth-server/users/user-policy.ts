import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import { isEmailAddress } from '../common/email-address';
import { isRole, LONGEST } from '../../contract';
import { isPlainText, isVisible } from '../../runtime/plain-text';

type UserWrite = Record<string, unknown>;

/**
 * Runs before every write of a user, from all endpoints and plugins. A user has exactly one of the
 * known roles; Better-Auth also stores several roles with commas (`admin,user`) and looks role
 * names up in a plain object, where `toString` passes. Names and pictures have the limits of the
 * API. The caller gets 400; a constraint of the database refuses the same values.
 * @throws {APIError} 400 `INVALID_ROLE`, `INVALID_BAN`, `INVALID_EMAIL`, `INVALID_NAME`,
 * `INVALID_IMAGE`.
 */
export function checkUserWrite(user: UserWrite): Promise<void> {
  const { role, banned, banReason, banExpires, name, image, email } = user;
  const bans = banned !== false;
  if (role !== undefined && !isRole(role)) throw refusal('INVALID_ROLE', 'There is no such role.');
  if (banned !== undefined && typeof banned !== 'boolean') {
    throw refusal('INVALID_BAN', 'banned must be true or false.');
  }
  if (banReason !== undefined && banReason !== null && !isPlainText(banReason, 500)) {
    throw refusal('INVALID_BAN', 'The reason must be plain text of at most 500 characters.');
  }
  if (bans && banExpires !== undefined && banExpires !== null && !isEndOfBan(banExpires)) {
    throw refusal('INVALID_BAN', END_OF_BAN);
  }
  if (email !== undefined && !isEmailAddress(email)) {
    throw refusal('INVALID_EMAIL', 'Invalid email');
  }
  if (name !== undefined && !isName(name)) {
    throw refusal('INVALID_NAME', 'name must be visible plain text of 1 to 200 characters.');
  }
  if (image !== undefined && image !== null && !isWebAddress(image)) {
    throw refusal('INVALID_IMAGE', 'image must be an http or https address.');
  }
  return Promise.resolve();
}

/**
 * As {@link checkUserWrite}. A ban without an end does not get that of a former ban: when it is over,
 * there would be no ban.
 */
export async function checkUserUpdate(user: UserWrite) {
  await checkUserWrite(user);
  const { banned, banExpires } = user;
  return banned === true && banExpires === undefined ? { data: { banExpires: null } } : undefined;
}

/** The database stores it in NFC, which can be longer. */
function isName(value: unknown): boolean {
  if (!isPlainText(value, 200) || !isVisible(value)) return false;
  return isPlainText(value.normalize('NFC'), 200);
}

const END_OF_BAN = 'A ban ends at a time in the future, not after the year 9999.';

/** A ban that has ended would still end the sessions. The database stores no later year. */
function isEndOfBan(value: unknown): boolean {
  if (typeof value !== 'string' && !(value instanceof Date)) return false;
  const time = new Date(value).getTime();
  return time > Date.now() && time < Date.UTC(10_000, 0);
}

const BAN = '/admin/ban-user';

/** Better-Auth takes a length of 0 seconds for a ban without an end. */
export const banPolicy = {
  id: 'ban-policy',
  hooks: {
    before: [
      {
        matcher: ({ path }) => path === BAN,
        handler: createAuthMiddleware(({ body }) => {
          const { banExpiresIn } = body as { banExpiresIn?: number };
          if (banExpiresIn === 0) throw refusal('INVALID_BAN', END_OF_BAN);
          return Promise.resolve();
        }),
      },
    ],
  },
} satisfies BetterAuthPlugin;

const SIGN_UP = '/sign-up/email';

/**
 * Checks a sign-up before Better-Auth looks the e-mail address up. The check of the write would
 * come too late: a sign-up with a taken address writes nothing, so a refusal would show whether
 * the address is free.
 */
export const signUpPolicy = {
  id: 'sign-up-policy',
  hooks: {
    before: [
      {
        matcher: ({ path }) => path === SIGN_UP,
        handler: createAuthMiddleware(async ({ body }) => {
          // The body is not checked yet. The endpoint refuses values that are not text.
          const fields = Object.entries((body ?? {}) as UserWrite);
          const texts = fields.filter(([, value]) => typeof value === 'string');
          const { name, image } = Object.fromEntries(texts);
          await checkUserWrite({ name, image });
        }),
      },
    ],
  },
} satisfies BetterAuthPlugin;

function refusal(code: string, message: string): APIError {
  return new APIError('BAD_REQUEST', { code, message });
}

function isWebAddress(value: unknown): boolean {
  if (!isPlainText(value, LONGEST.url)) return false;
  return ['http:', 'https:'].includes(URL.parse(value)?.protocol ?? '');
}
