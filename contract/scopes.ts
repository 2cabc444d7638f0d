/** Scopes of the administrators' routes: for service accounts, and for clients that act for a user. */
export const API_SCOPES = ['users:read', 'users:write', 'audit:read'] as const;

export type ApiScope = (typeof API_SCOPES)[number];

/** Scopes of OpenID Connect: only for clients that act for a user. */
export const USER_SCOPES = ['openid', 'profile', 'email', 'offline_access'] as const;

/** Every scope that the authorization server knows. */
export const SCOPES = [...USER_SCOPES, ...API_SCOPES] as const;

export type Scope = (typeof SCOPES)[number];

/** Whether a service account can have the scope. */
export function isApiScope(scope: Scope): scope is ApiScope {
  return API_SCOPES.some((known) => known === scope);
}

/**
 * The client of the API's own documentation. It belongs to Gatehouse: its users count as signed
 * in directly, and are not asked for consent.
 */
export const DOCS_CLIENT_ID = 'gatehouse-docs';
