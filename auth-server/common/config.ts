import type { Settings } from '../../runtime/settings/load';

/** What the auth server goes by: its part of the settings. Lengths of time are milliseconds. */
export type AuthConfig = Pick<
  Settings,
  | 'production'
  | 'databaseUrl'
  | 'databasePoolMax'
  | 'authUrl'
  | 'apiUrl'
  | 'jwtIssuer'
  | 'jwtAudience'
  | 'jwtAlgorithm'
  | 'jwtTtl'
  | 'jwksRotation'
  | 'jwksGrace'
  | 'betterAuthSecret'
  | 'internalSecret'
  | 'adminEmail'
  | 'adminPassword'
  | 'google'
  | 'github'
  | 'oidc'
  | 'trustedOrigins'
  | 'trustProxy'
  | 'apiDocs'
  | 'metricsPort'
  | 'smtpUrl'
  | 'mailFrom'
  | 'requireEmailVerification'
  | 'redisUrl'
  | 'rateLimits'
  | 'breachedPasswordsUrl'
>;

/** How long a session lasts without use, in seconds. */
export const SESSION_LIFETIME_S = 7 * 24 * 60 * 60;

/** A session that is used is extended at most once in this time, in seconds. */
export const SESSION_UPDATE_AGE_S = 24 * 60 * 60;
