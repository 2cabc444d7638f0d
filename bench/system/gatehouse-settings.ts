import { loadSettings, type Settings } from '../../runtime/settings/load';

/** What a measured process of Gatehouse is started with. */
export interface GatehouseConfiguration {
  env: Record<string, string>;
  process: 'auth' | 'api';
}

/** Limits count and announce each request, but one caller may send as many as the load needs. */
const QUOTA_FACTOR = 1_000_000;

export function readGatehouseSettings(argument: string | undefined): Settings {
  const { env, process } = JSON.parse(argument ?? '') as GatehouseConfiguration;
  const settings = loadSettings(env, process);
  return { ...settings, rateLimits: { quotas: QUOTA_FACTOR, guesses: QUOTA_FACTOR } };
}
