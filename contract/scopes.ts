/** What an access token may be good for on the administrators' routes, for machines and for other programs' users. */
export const API_SCOPES = ['users:read', 'users:write', 'audit:read'] as const;

export type ApiScope = (typeof API_SCOPES)[number];

/** Scopes of OpenID Connect, for users alone. */
export const USER_SCOPES = ['openid', 'profile', 'email', 'offline_access'] as const;

/** Every scope that the authorization server knows. */
export const SCOPES = [...USER_SCOPES, ...API_SCOPES] as const;

/**
 * The client of the API's own documentation. It is ours: its users are judged by their role
 * alone, and are not asked whether they trust it.
 */
export const DOCS_CLIENT_ID = 'gatehouse-docs';
