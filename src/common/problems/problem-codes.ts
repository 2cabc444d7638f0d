import { FEATURE_PROBLEMS, type FeatureProblemCode, refuseRepeatedNames } from '../../../contract';

/** The meaning of a problem code: its HTTP status, its title and its cause. */
export interface ProblemDefinition {
  status: number;
  title: string;
  /** One or two sentences for the page at the URL of the problem's `type`. */
  meaning: string;
}

/** The codes that no feature declares. */
const OWN_CODES = {
  malformed_request: {
    status: 400,
    title: 'Malformed request',
    meaning: 'The request could not be read: its JSON, its encoding or its URL is malformed.',
  },
  missing_token: {
    status: 401,
    title: 'Access token required',
    meaning:
      'The route needs an access token in the Authorization header: `Authorization: Bearer <token>`.',
  },
  invalid_token: {
    status: 401,
    title: 'Access token not accepted',
    meaning:
      'The access token is malformed, expired, not for this API, or its session or user is no longer in force. Refresh it or sign in again.',
  },
  invalid_credentials: {
    status: 401,
    title: 'E-mail address or password wrong',
    meaning:
      'No account has this e-mail address and password. The answer does not tell which of them is wrong.',
  },
  invalid_two_factor_code: {
    status: 401,
    title: 'Code wrong',
    meaning:
      'The code of the second factor is wrong, or was used before. Try the next one; after five wrong codes the challenge is no longer valid.',
  },
  invalid_challenge: {
    status: 401,
    title: 'Challenge not accepted',
    meaning:
      'The challenge is unknown, used, expired, or has had too many wrong codes. Sign in again.',
  },
  second_factor_unavailable: {
    status: 503,
    title: 'Second factor unavailable',
    meaning:
      'The second factor of this account cannot be read, because a secret is missing in the configuration of the auth server. No attempt was counted. An operator has to add the secret.',
  },
  invalid_refresh_token: {
    status: 401,
    title: 'Refresh token not accepted',
    meaning: 'The refresh token is unknown, expired, or its session has ended. Sign in again.',
  },
  forbidden: {
    status: 403,
    title: 'Not allowed',
    meaning:
      'The access token is valid, but its user does not have the role that the route requires.',
  },
  insufficient_scope: {
    status: 403,
    title: 'Scope missing',
    meaning:
      'The access token is valid, but lacks a scope that the route requires of service accounts and of OAuth clients that act for a user; `WWW-Authenticate` names it.',
  },
  user_required: {
    status: 403,
    title: 'User required',
    meaning:
      'The route, or the change of an administrator, is for users who signed in directly: a service account or an OAuth client that acts for a user is refused.',
  },
  banned: {
    status: 403,
    title: 'Account banned',
    meaning: 'The account is banned and cannot sign in.',
  },
  unknown_role: {
    status: 403,
    title: 'Role unknown',
    meaning:
      'The account has a role that does not exist here, and cannot sign in. An administrator has to give it another role.',
  },
  email_not_verified: {
    status: 403,
    title: 'E-mail address not verified',
    meaning:
      'The e-mail address must be verified before the first sign-in. A mail with a link was sent.',
  },
  origin_not_allowed: {
    status: 403,
    title: 'Origin not allowed',
    meaning: 'The request comes from a web origin that is not in TRUSTED_ORIGINS.',
  },
  not_found: {
    status: 404,
    title: 'Not found',
    meaning: 'There is no such route or resource.',
  },
  method_not_allowed: {
    status: 405,
    title: 'Method not allowed',
    meaning: 'The URL exists, but does not accept this method; `Allow` lists the accepted methods.',
  },
  request_timeout: {
    status: 408,
    title: 'Request too slow',
    meaning: 'The request was not complete in time.',
  },
  email_taken: {
    status: 409,
    title: 'E-mail address taken',
    meaning: 'Another account has this e-mail address.',
  },
  last_admin: {
    status: 409,
    title: 'Last administrator',
    meaning: 'The change would leave no administrator who is not banned.',
  },
  cannot_ban_self: {
    status: 409,
    title: 'Cannot ban yourself',
    meaning: 'Administrators cannot ban their own account.',
  },
  cannot_impersonate_admin: {
    status: 409,
    title: 'Cannot impersonate an administrator',
    meaning: 'Administrators cannot act as another administrator, nor as themselves.',
  },
  idempotency_in_progress: {
    status: 409,
    title: 'Request still running',
    meaning:
      'The first request with this Idempotency-Key is not answered yet. Repeat it after Retry-After seconds.',
  },
  outcome_unknown: {
    status: 409,
    title: 'Outcome unknown',
    meaning:
      'The first request with this Idempotency-Key ended without a known result: its work may be done. It is not done again. Read the state, then use a new key if the work is missing.',
  },
  precondition_failed: {
    status: 412,
    title: 'Resource changed',
    meaning:
      'The resource has changed since the version that If-Match names, or its URL has no ETag. Read it again, then repeat the change.',
  },
  body_too_large: {
    status: 413,
    title: 'Body too large',
    meaning: 'Request bodies are limited to 100 kB.',
  },
  uri_too_long: {
    status: 414,
    title: 'URL too long',
    meaning: 'A part of the URL is longer than the server accepts.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'Media type not supported',
    meaning: 'Request bodies are `application/json` in UTF-8.',
  },
  validation_failed: {
    status: 422,
    title: 'Validation failed',
    meaning: 'The request was read, but values in it are not acceptable; `errors` lists each.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'Idempotency-Key used before',
    meaning:
      'The Idempotency-Key belongs to another request of yours: another route or another body. Each new request needs a new key.',
  },
  too_many_requests: {
    status: 429,
    title: 'Too many requests',
    meaning: 'A limit was reached. Wait for the seconds in Retry-After.',
  },
  headers_too_large: {
    status: 431,
    title: 'Headers too large',
    meaning: 'The URL and the headers together are limited to 16 kB.',
  },
  internal_error: {
    status: 500,
    title: 'Internal error',
    meaning: 'The server failed. Its logs contain the request id.',
  },
  auth_server_failed: {
    status: 502,
    title: 'Auth server failed',
    meaning: 'The auth server gave an answer that the API does not understand.',
  },
  auth_server_unavailable: {
    status: 503,
    title: 'Auth server unavailable',
    meaning: 'The auth server cannot be reached. Repeat the request after Retry-After seconds.',
  },
  keys_unavailable: {
    status: 503,
    title: 'Signing keys unavailable',
    meaning:
      'The API has no signing keys yet, so it can neither accept nor refuse tokens. Repeat the request after Retry-After seconds.',
  },
  database_unavailable: {
    status: 503,
    title: 'Database unavailable',
    meaning: 'The database cannot be reached. Repeat the request after Retry-After seconds.',
  },
} as const satisfies Record<string, ProblemDefinition>;

/**
 * The closed list of problem codes (RFC 9457): those of the API, then those of the features. A
 * code never changes its meaning and is safe to branch on; titles and details may be reworded.
 */
export const PROBLEM_CODES = { ...OWN_CODES, ...FEATURE_PROBLEMS } as Readonly<
  Record<ProblemCode, ProblemDefinition>
>;

refuseRepeatedNames('problems', [...Object.keys(OWN_CODES), ...Object.keys(FEATURE_PROBLEMS)]);

export type ProblemCode = keyof typeof OWN_CODES | FeatureProblemCode;

export function isProblemCode(value: string): value is ProblemCode {
  return Object.hasOwn(PROBLEM_CODES, value);
}
