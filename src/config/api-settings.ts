import type { Settings } from '../../runtime/settings/load';

/**
 * The settings that the API gets. Credentials of the mail server, of providers and of the auth
 * server are not among them: a setting that is not listed does not reach the API.
 */
const API_SETTING_NAMES = [
  'accessCheck',
  'accessLease',
  'apiDocs',
  'apiPort',
  'apiUrl',
  'auditRetention',
  'authInternalUrl',
  'authUrl',
  'databaseDirectUrl',
  'databasePoolMax',
  'databaseUrl',
  'features',
  'internalSecret',
  'jwtAlgorithm',
  'jwtAudience',
  'jwtIssuer',
  'jwtTtl',
  'logLevel',
  'metricsPort',
  'metricsOnProcessPort',
  'rateLimits',
  'redisUrl',
  'shutdownDelay',
  'trustedOrigins',
  'trustProxy',
] as const satisfies (keyof Settings)[];

export type ApiSettings = Pick<Settings, (typeof API_SETTING_NAMES)[number]>;

/** Injection token of {@link ApiSettings}. */
export const API_SETTINGS = Symbol('ApiSettings');

export function toApiSettings(settings: Settings): ApiSettings {
  const entries = API_SETTING_NAMES.map((name) => [name, settings[name]]);
  return Object.fromEntries(entries) as ApiSettings;
}
