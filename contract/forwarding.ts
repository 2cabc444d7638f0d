/**
 * Headers in which the API names the client of a request to the auth server. The auth server
 * accepts them only with the internal key (`INTERNAL_SECRET`), so no other caller can forge them.
 * The API removes them from requests of clients.
 */
export const CLIENT_ADDRESS_HEADER = 'x-gatehouse-client-address';

/**
 * The OAuth client of a request, for the audit log: a service account, or with a session the
 * client that acts for its user. Accepted and removed like the IP address.
 */
export const ACTING_CLIENT_HEADER = 'x-gatehouse-acting-client';

/**
 * The access token of the user for whom the API calls. The auth server verifies it and acts within
 * its session, so the API needs no session token. Accepted and removed like the IP address.
 */
export const CALLER_TOKEN_HEADER = 'x-gatehouse-caller-token';

/** Carries `INTERNAL_SECRET` from the API to the auth server, never to a client. */
export const INTERNAL_KEY_HEADER = 'x-gatehouse-internal-key';

/**
 * Requests an access token in the answer that begins a session, so a sign-in is one call. Accepted
 * and removed like the IP address.
 */
export const TOKEN_WANTED_HEADER = 'x-gatehouse-token-wanted';

/**
 * The call is part of a change that the API has committed, so it does not depend on the session of
 * the caller. Accepted and removed like the IP address.
 */
export const COMMITTED_CHANGE_HEADER = 'x-gatehouse-committed-change';

/** The access token of the session that an answer begins: for the API only, never for a client. */
export const ACCESS_TOKEN_HEADER = 'x-gatehouse-access-token';

/** The field of such an answer with the profile of the user, read after the session has begun. */
export const SESSION_USER_FIELD = 'sessionUser';

/** The same request id appears in the logs of both processes. */
export const REQUEST_ID_HEADER = 'x-request-id';
