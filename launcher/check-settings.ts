import { completeEnvironment } from '../runtime/settings/development';
import {
  loadSettings,
  SettingsError,
  type SettingProblem,
  type Settings,
} from '../runtime/settings/load';

/** Replaces the embedded database's URL until it runs. */
const TO_BE_STARTED = 'postgres://gatehouse@127.0.0.1/gatehouse';

const LAST_PORT = 65_535;

export interface CheckedSettings {
  /** As the auth server sees them, because it gets the most settings. */
  settings: Settings;
  /** Without a database URL, the embedded one is used. */
  embedded: boolean;
}

/**
 * Reads the settings of both processes before the start. @throws {SettingsError} that lists every
 * invalid value of both processes once.
 */
export function checkSettings(): CheckedSettings {
  const env = completeEnvironment();
  const embedded = !env.DATABASE_URL && env.NODE_ENV !== 'production';
  if (embedded) env.DATABASE_URL = TO_BE_STARTED;
  const problems = new Map<string, SettingProblem>();
  let settings: Settings | null = null;
  for (const processName of ['api', 'auth'] as const) {
    try {
      settings = loadSettings(env, processName);
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      for (const problem of error.problems) problems.set(problem.name + problem.message, problem);
    }
  }
  if (embedded && env.DATABASE_DIRECT_URL) {
    const message = 'must not be set without DATABASE_URL, next to the embedded database';
    problems.set('embedded', { name: 'DATABASE_DIRECT_URL', message });
  }
  if (settings?.metricsPort === LAST_PORT) {
    const message = `must be below ${LAST_PORT}: the auth server takes the port after it`;
    problems.set('metrics', { name: 'METRICS_PORT', message });
  }
  if (!settings || problems.size > 0) throw new SettingsError([...problems.values()]);
  return { settings, embedded };
}
