/**
 * How the API tells the auth server for whom it calls. The auth server believes the
 * address only next to the right key (`INTERNAL_SECRET`), so that no other caller can
 * forge it; the API drops both headers from what a client sends.
 */
export const CLIENT_ADDRESS_HEADER = 'x-gatehouse-client-address';

/**
 * Names the OAuth client behind a request, for the audit log: a service account, or with a
 * session the client that acts for its user. Believed and dropped like the address.
 */
export const ACTING_CLIENT_HEADER = 'x-gatehouse-acting-client';

/**
 * The access token of the user for whom the API calls. The auth server verifies it and acts within
 * its session, so that the API needs no session token. Believed and dropped like the address.
 */
export const CALLER_TOKEN_HEADER = 'x-gatehouse-caller-token';

/** Carries `INTERNAL_SECRET` from the API to the auth server, never to a client. */
export const INTERNAL_KEY_HEADER = 'x-gatehouse-internal-key';

/**
 * The API asks for an access token with the answer that begins a session, so that a sign-in is one
 * call. Believed and dropped like the address.
 */
export const TOKEN_WANTED_HEADER = 'x-gatehouse-token-wanted';

/** The access token of the session that an answer begins: only for the API, never for a client. */
export const ACCESS_TOKEN_HEADER = 'x-gatehouse-access-token';

/** The same request id appears in the logs of both processes. */
export const REQUEST_ID_HEADER = 'x-request-id';
