import type { Response } from 'express';
import { AUTH_BASE_PATH, DATABASE_REFUSALS } from '../../contract';
import {
  findRefusal,
  isDatabaseUnavailable,
  isUniqueViolation,
  isValueRefused,
} from '../../runtime/database/database-errors';

/** An error in the form of Better-Auth: a code for clients, a message for people. */
export interface ErrorAnswer {
  status: number;
  code: string;
  message: string;
}

export const NOT_FOUND: ErrorAnswer = {
  status: 404,
  code: 'NOT_FOUND',
  message: 'There is nothing at this address.',
};

export const METHOD_NOT_ALLOWED: ErrorAnswer = {
  status: 405,
  code: 'METHOD_NOT_ALLOWED',
  message: 'There is nothing here for this method.',
};

export const DATABASE_UNAVAILABLE: ErrorAnswer = {
  status: 503,
  code: 'DATABASE_UNAVAILABLE',
  message: 'The database cannot be reached. Try again soon.',
};

export const INTERNAL_ERROR: ErrorAnswer = {
  status: 500,
  code: 'INTERNAL_SERVER_ERROR',
  message: 'Something went wrong here.',
};

export const TOO_MANY_REQUESTS: ErrorAnswer = {
  status: 429,
  code: 'TOO_MANY_REQUESTS',
  message: 'Too many attempts. Wait before you try again.',
};

const TOO_LARGE: ErrorAnswer = {
  status: 413,
  code: 'PAYLOAD_TOO_LARGE',
  message: 'The body is larger than 100 kB.',
};

const UNSUPPORTED_CODING: ErrorAnswer = {
  status: 415,
  code: 'UNSUPPORTED_MEDIA_TYPE',
  message: 'Bodies are sent without a content coding.',
};

export const VALUE_REFUSED: ErrorAnswer = {
  status: 400,
  code: 'INVALID_VALUE',
  message: 'A value in the request cannot be stored.',
};

/** A new account with the e-mail address of another one: the answer of Better-Auth's sign-up. */
export const EMAIL_TAKEN: ErrorAnswer = {
  status: 422,
  code: 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL',
  message: 'User already exists. Use another email.',
};

/** A change to the e-mail address of another account, by a link. */
export const NEW_EMAIL_TAKEN = {
  code: 'EMAIL_TAKEN',
  message: 'The address belongs to another account.',
};

export const BANNED_MESSAGE = 'This account is banned.';

/** The database accepts roles of another version, which this one does not declare. */
export const UNKNOWN_ROLE = {
  code: 'UNKNOWN_ROLE',
  message: 'This account has a role that does not exist here.',
};

export const SECOND_FACTOR_CHANGED: ErrorAnswer = {
  status: 409,
  code: 'SECOND_FACTOR_CHANGED',
  message: 'Another request has changed the second factor of this account. Begin again.',
};

/** What a caller is told when a trigger refuses a write. */
export const REFUSALS: Record<string, ErrorAnswer> = {
  [DATABASE_REFUSALS.credentialsChanged]: {
    status: 401,
    code: 'CREDENTIALS_CHANGED',
    message: 'The credentials of this account have changed. Sign in again.',
  },
  [DATABASE_REFUSALS.banned]: { status: 403, code: 'BANNED_USER', message: BANNED_MESSAGE },
  [DATABASE_REFUSALS.lastAdministrator]: {
    status: 409,
    code: 'LAST_ADMIN',
    message: 'The change would leave no administrator in force.',
  },
  [DATABASE_REFUSALS.impersonation]: {
    status: 403,
    code: 'IMPERSONATION_NOT_ALLOWED',
    message: 'This user cannot be impersonated.',
  },
  [DATABASE_REFUSALS.tooMany]: {
    status: 409,
    code: 'TOO_MANY',
    message: 'This user has as many of these as are allowed. Remove one first.',
  },
  // The code of Better-Auth, which checks it before the removal of a provider.
  [DATABASE_REFUSALS.lastMethod]: {
    status: 400,
    code: 'FAILED_TO_UNLINK_LAST_ACCOUNT',
    message: 'This is the last sign-in method of the account. Add another one first.',
  },
  [DATABASE_REFUSALS.grantEnded]: {
    status: 400,
    code: 'INVALID_GRANT',
    message: 'what was granted has ended',
  },
  [DATABASE_REFUSALS.secondFactorChanged]: SECOND_FACTOR_CHANGED,
};

export const SESSION_ENDED: ErrorAnswer = {
  status: 401,
  code: 'SESSION_ENDED',
  message: 'The session of this access token has ended.',
};

/** The session of a sign-in has ended before its answer. */
export const BEGUN_SESSION_ENDED: ErrorAnswer = {
  status: 401,
  code: 'BEGUN_SESSION_ENDED',
  message: 'The session has ended during the sign-in.',
};

export const UNREADABLE: ErrorAnswer = {
  status: 400,
  code: 'BAD_REQUEST',
  message: 'The request cannot be read.',
};

/** `Retry-After` while the database is unavailable, in seconds. */
export const RETRY_AFTER_S = '2';

export function sendError(response: Response, answer: ErrorAnswer): void {
  response.status(answer.status).json(toErrorBody(answer, response.req.originalUrl));
}

/**
 * The body of an error. The endpoints of the authorization server add the fields of RFC 6749,
 * section 5.2.
 */
export function toErrorBody({ status, code, message }: ErrorAnswer, url: string): object {
  if (!isOAuthPath(url)) return { code, message };
  return {
    error: OAUTH_ERRORS[status] ?? OAUTH_ERRORS_BY_CODE[code] ?? 'invalid_request',
    error_description: message,
    code,
    message,
  };
}

/** The endpoints of the authorization server. */
export function isOAuthPath(url: string): boolean {
  return url.startsWith(`${AUTH_BASE_PATH}/oauth2/`);
}

/** By status. All other errors are faults of the request. */
const OAUTH_ERRORS: Record<number, string> = {
  403: 'access_denied',
  429: 'temporarily_unavailable',
  500: 'server_error',
  503: 'temporarily_unavailable',
};

/** RFC 8707, section 2; RFC 6749, section 5.2. */
const OAUTH_ERRORS_BY_CODE: Record<string, string> = {
  INVALID_TARGET: 'invalid_target',
  INVALID_GRANT: 'invalid_grant',
};

/** A fault of this server. Its cause, for example a refused value, is not a fault of the caller. */
export class InternalFault extends Error {
  override readonly name = 'InternalFault';
}

/** The public answer to an error; an unknown error is a 500. */
export function toErrorAnswer(error: unknown): ErrorAnswer {
  if (isDatabaseUnavailable(error)) return DATABASE_UNAVAILABLE;
  if (error instanceof InternalFault) return INTERNAL_ERROR;
  if (isUniqueViolation(error, 'user_email_key')) return EMAIL_TAKEN;
  if (isUniqueViolation(error, 'two_factor_user_id_key')) return SECOND_FACTOR_CHANGED;
  const refusal = REFUSALS[findRefusal(error) ?? ''];
  if (refusal) return refusal;
  if (isValueRefused(error)) return VALUE_REFUSED;
  const { status } = error as { status?: unknown };
  if (status === 413) return TOO_LARGE;
  if (status === 415) return UNSUPPORTED_CODING;
  if (typeof status !== 'number' || status < 400 || status > 499) return INTERNAL_ERROR;
  return { ...UNREADABLE, status };
}
