/** The metadata of the authorization server (RFC 8414). */
export const AUTHORIZATION_SERVER_DOCUMENT = '/.well-known/oauth-authorization-server';

/** The same metadata by the name of OpenID Connect Discovery 1.0. */
export const OPENID_DOCUMENT = '/.well-known/openid-configuration';

/** The metadata of the transmitter of security events (OpenID Shared Signals 1.0, section 7.2). */
export const SSF_DOCUMENT = '/.well-known/ssf-configuration';

/** The documents of the auth server, which the API passes through. */
export const AUTH_SERVER_DOCUMENTS = [
  AUTHORIZATION_SERVER_DOCUMENT,
  OPENID_DOCUMENT,
  SSF_DOCUMENT,
] as const;
