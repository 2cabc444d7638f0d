import type { BetterAuthPlugin } from 'better-auth';
import { APIError, createAuthMiddleware } from 'better-auth/api';
import { isEmailAddress } from '../common/email-address';
import { isRole } from '../../contract';

type UserWrite = Record<string, unknown>;

/**
 * Runs before every write of a user, whatever endpoint or plugin it comes from: the one
 * place that keeps roles to the closed list. Better-Auth joins several roles with commas
 * (`admin,user`) and looks role names up in a plain object (`toString` passes there);
 * here a user has exactly one of the known roles, and the caller is told so (400) before
 * the database has to refuse.
 *
 * Names and pictures are held to what the API takes, so that neither way in lets through
 * what the other refuses.
 *
 * @throws {APIError} 400 `INVALID_ROLE`, `INVALID_BAN`, `INVALID_EMAIL`, `INVALID_NAME`, `INVALID_IMAGE`.
 */
export function checkUserWrite(user: UserWrite): Promise<void> {
  const { role, banned, banExpires, name, image, email } = user;
  if (role !== undefined && !isRole(role)) throw refusal('INVALID_ROLE', 'There is no such role.');
  if (banned !== undefined && typeof banned !== 'boolean') {
    throw refusal('INVALID_BAN', 'banned must be true or false.');
  }
  if (banExpires instanceof Date && Number.isNaN(banExpires.getTime())) {
    throw refusal('INVALID_BAN', 'The end of the ban is not a time.');
  }
  if (email !== undefined && !isEmailAddress(email)) {
    throw refusal('INVALID_EMAIL', 'Invalid email');
  }
  if (name !== undefined && !isPlainText(name, 200)) {
    throw refusal('INVALID_NAME', 'name must be plain text of at most 200 characters.');
  }
  if (image !== undefined && image !== null && !isWebAddress(image)) {
    throw refusal('INVALID_IMAGE', 'image must be an http or https address.');
  }
  return Promise.resolve();
}

const SIGN_UP = '/sign-up/email';

/**
 * Holds a sign-up to the same before it is known whether the e-mail is taken: the write
 * comes too late, for there is none where it is, and the refusal would tell.
 */
export const signUpPolicy = {
  id: 'sign-up-policy',
  hooks: {
    before: [
      {
        matcher: ({ path }) => path === SIGN_UP,
        handler: createAuthMiddleware(async ({ body }) => {
          // Nobody has checked the body yet: what is no text is for the endpoint to refuse.
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

/** @param longest in code points, as the API counts (JSON Schema Validation, section 6.3.1). */
function isPlainText(value: unknown, longest: number): value is string {
  return (
    typeof value === 'string' &&
    Array.from(value).length <= longest &&
    value.isWellFormed() &&
    !/\p{Cc}/u.test(value)
  );
}

function isWebAddress(value: unknown): boolean {
  if (!isPlainText(value, 2000)) return false;
  return ['http:', 'https:'].includes(URL.parse(value)?.protocol ?? '');
}
