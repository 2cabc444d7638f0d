/** The providers of federation, as Better-Auth names them. */
export const PROVIDERS = ['google', 'github', 'oidc'];

/** Errors of a provider (RFC 6749, section 4.1.2.1; OpenID Connect Core, section 3.1.2.6). */
const OAUTH_ERRORS = [
  'access_denied',
  'invalid_request',
  'invalid_scope',
  'server_error',
  'temporarily_unavailable',
  'unauthorized_client',
  'unsupported_response_type',
  'interaction_required',
  'login_required',
  'account_selection_required',
  'consent_required',
];

/** Errors of Better-Auth after a provider has answered, and those of Gatehouse. */
const CALLBACK_ERRORS = [
  'BANNED_USER',
  'UNKNOWN_ROLE',
  'account_already_linked_to_different_user',
  'account_not_linked',
  'banned',
  'email_is_missing',
  'email_not_found',
  'email_not_verified',
  'email_does_not_match',
  'internal_server_error',
  'invalid_callback_request',
  'invalid_code',
  'invalid_email',
  'issuer_mismatch',
  'issuer_missing',
  'no_code',
  'oauth_code_verification_failed',
  'oauth_provider_not_found',
  'please_restart_the_process',
  'signup_disabled',
  'state_expired',
  'state_invalid',
  'state_mismatch',
  'state_not_found',
  'state_security_mismatch',
  'unable_to_create_session',
  'unable_to_create_user',
  'unable_to_get_user_info',
  'unable_to_link_account',
  'unable_to_update_account',
];

export const PROVIDER_ERRORS = [...OAUTH_ERRORS, ...CALLBACK_ERRORS];

/** @returns the value when it is in the list, `other` for all other values. */
export function toKnown(value: unknown, known: string[]): string {
  return typeof value === 'string' && known.includes(value) ? value : 'other';
}
