import type { Settings } from '../../runtime/settings/load';

/** What the API is told of the settings: everything but the credentials it must not know. */
export type ApiSettings = Omit<Settings, 'betterAuthSecret' | 'adminEmail' | 'adminPassword'>;

/** Injection token of {@link ApiSettings}. */
export const API_SETTINGS = Symbol('ApiSettings');

export function toApiSettings(settings: Settings): ApiSettings {
  const {
    betterAuthSecret: _secret,
    adminEmail: _email,
    adminPassword: _password,
    ...own
  } = settings;
  return own;
}
