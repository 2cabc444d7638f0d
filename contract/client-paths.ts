/** Endpoints of the auth server, below its base path, by which the API has secrets of clients made. */
export const CLIENT_PATHS = {
  create: '/gatehouse/clients/create',
  rotateSecret: '/gatehouse/clients/rotate-secret',
} as const;
