/**
 * The signature algorithms of which a deployment uses one (RFC 7518, section 3.1). The API accepts
 * only the configured one (RFC 8725, section 3.1). EdDSA, the default of Better-Auth, is missing
 * because passport-jwt cannot verify it.
 */
export const SIGNATURE_ALGORITHMS = ['RS256', 'ES256', 'PS256'] as const;

export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number];

/**
 * The accepted difference between the clocks of two hosts for `exp`, `nbf` and `iat`, in seconds.
 */
export const CLOCK_TOLERANCE_SECONDS = 5;

/** The longest compact token, in characters. A longer one is refused without parsing. */
export const MAX_TOKEN_LENGTH = 8192;

/** Values of the `typ` header of an access token, which may also be absent (RFC 9068, section 2.1). */
export const ACCESS_TOKEN_TYPES = ['JWT', 'at+jwt'] as const;

/** The base path of Better-Auth, at the auth server and through the API. */
export const AUTH_BASE_PATH = '/api/auth';

/** The path of the signing keys (RFC 7517), below {@link AUTH_BASE_PATH}. */
export const JWKS_PATH = '/jwks';
