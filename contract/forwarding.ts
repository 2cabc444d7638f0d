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

/** Carries `INTERNAL_SECRET` from the API to the auth server, never to a client. */
export const INTERNAL_KEY_HEADER = 'x-gatehouse-internal-key';

/** The same request id appears in the logs of both processes. */
export const REQUEST_ID_HEADER = 'x-request-id';
