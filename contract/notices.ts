/** Endpoint of the auth server, below its base path, by which the API has owners of accounts told. */
export const NOTICES_PATH = '/gatehouse/notices';
