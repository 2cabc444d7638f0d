/**
 * Endpoint of the auth server, below its base path, with which the API creates users for OAuth
 * clients: service accounts, and clients that act for an administrator.
 */
export const MACHINE_USERS_PATH = '/gatehouse/users';
