import type { Settings } from '../../runtime/settings/load';

/** The settings of the auth server. Durations are in milliseconds. */
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
