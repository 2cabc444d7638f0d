import { mergeParts, type NamesIn, refuseRepeatedNames } from '../features/installed';

/** The rights of each scope of the API, for documents and for the consent page. */
export const API_SCOPE_TEXTS = mergeParts('scopes');

/** Scopes of the API, which the features declare: for clients that act for a user. */
export const API_SCOPES = Object.keys(API_SCOPE_TEXTS) as readonly ApiScope[];

export type ApiScope = NamesIn<'scopes'>;

/** The scopes of the API that a service account can have. */
export const SERVICE_ACCOUNT_SCOPES: readonly ApiScope[] = API_SCOPES.filter(
  (scope) => API_SCOPE_TEXTS[scope].serviceAccounts === true,
);

/** Scopes of OpenID Connect: only for clients that act for a user. */
export const USER_SCOPES = ['openid', 'profile', 'email', 'offline_access'] as const;

/** With it a client gets and uses refresh tokens. */
export const RENEWAL_SCOPE: Scope = 'offline_access';

/** Every scope that the authorization server knows. */
export const SCOPES: readonly Scope[] = [...USER_SCOPES, ...API_SCOPES];

refuseRepeatedNames('scopes', SCOPES);

export type Scope = (typeof USER_SCOPES)[number] | ApiScope;

/** Whether the code of the API declares the scope. */
export function isApiScope(scope: string): boolean {
  return API_SCOPES.some((known) => known === scope);
}

/** Whether the code declares the scope: of the API, or of OpenID Connect. */
export function isCodeScope(scope: string): boolean {
  return SCOPES.some((known) => known === scope);
}

/** The names that a scope of another resource server can have (RFC 6749, section 3.3, narrowed). */
export function isRegisteredScopeName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9:._/-]{0,99}$/.test(name);
}

/** Whether a service account can have the scope. */
export function isServiceAccountScope(scope: string): boolean {
  return SERVICE_ACCOUNT_SCOPES.some((known) => known === scope);
}

/**
 * The client of the API's own documentation. It belongs to Gatehouse: its users count as signed
 * in directly, and are not asked for consent.
 */
export const DOCS_CLIENT_ID = 'gatehouse-docs';
