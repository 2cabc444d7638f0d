/**
 * Signature algorithms that a deployment may choose from (RFC 7518, section 3.1). One
 * of them is in force at a time and the API accepts that one alone (RFC 8725, section
 * 3.1). EdDSA, Better-Auth's default, is not among them: passport-jwt cannot verify it.
 */
export const SIGNATURE_ALGORITHMS = ['RS256', 'ES256', 'PS256'] as const;

export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number];

/** Difference between the clocks of two hosts that `exp`, `nbf` and `iat` forgive, in seconds. */
export const CLOCK_TOLERANCE_SECONDS = 5;

/** Longest compact token that the API looks at, in characters; longer ones are refused unparsed. */
export const MAX_TOKEN_LENGTH = 8192;

/** Values of the `typ` header of an access token, which may also be absent (RFC 9068, section 2.1). */
export const ACCESS_TOKEN_TYPES = ['JWT', 'at+jwt'] as const;

/** Where the auth server serves Better-Auth, on its own address and through the API. */
export const AUTH_BASE_PATH = '/api/auth';

/** Where the signing keys are published (RFC 7517), below {@link AUTH_BASE_PATH}. */
export const JWKS_PATH = '/jwks';
