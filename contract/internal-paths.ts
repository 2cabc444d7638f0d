/**
 * Endpoints of the auth server for the API, below the base path of the auth server. Each one
 * accepts requests of the API only, for an administrator or a client.
 */

/** Creates users for OAuth clients: service accounts, and clients that act for an administrator. */
export const SERVICE_ACCOUNT_USERS_PATH = '/gatehouse/users';

/** Sends notices to the owners of accounts. */
export const NOTICES_PATH = '/gatehouse/notices';

/** Write what clients authenticate by. */
export const CLIENT_PATHS = {
  create: '/gatehouse/clients/create',
  rotateSecret: '/gatehouse/clients/rotate-secret',
  replaceKeys: '/gatehouse/clients/replace-keys',
} as const;

/** Signs the answer to an introspection (RFC 9701). */
export const INTROSPECTION_TOKEN_PATH = '/gatehouse/introspection-token';

/** Introspection (RFC 7662), below the base path of the auth server, in both processes. */
export const INTROSPECTION_PATH = '/oauth2/introspect';
