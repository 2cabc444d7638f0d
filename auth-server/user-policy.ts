import { APIError } from 'better-auth/api';
import { isRole } from './contract';

type UserWrite = Record<string, unknown>;

/**
 * Runs before every write of a user, whatever endpoint or plugin it comes from: the one
 * place that keeps roles to the closed list. Better-Auth joins several roles with commas
 * (`admin,user`) and looks role names up in a plain object (`toString` passes there);
 * here a user has exactly one of the known roles, and the caller is told so (400) before
 * the database has to refuse.
 *
 * @throws {APIError} 400 `INVALID_ROLE`, `INVALID_BAN`.
 */
export function checkUserWrite(user: UserWrite): Promise<void> {
  if ('role' in user && user.role !== undefined && !isRole(user.role)) {
    throw new APIError('BAD_REQUEST', { code: 'INVALID_ROLE', message: 'There is no such role.' });
  }
  if ('banned' in user && user.banned !== undefined && typeof user.banned !== 'boolean') {
    throw new APIError('BAD_REQUEST', {
      code: 'INVALID_BAN',
      message: 'banned must be true or false.',
    });
  }
  return Promise.resolve();
}
