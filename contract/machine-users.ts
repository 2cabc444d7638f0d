/** Endpoint of the auth server, below its base path, by which the API has users made for machines. */
export const MACHINE_USERS_PATH = '/gatehouse/users';
