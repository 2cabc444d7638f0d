import type { Settings } from '../../../runtime/settings/load';
import { loadSettings } from '../native/settings';
import { hashCost } from './hash-cost';

export const ADMIN_EMAIL = 'first@example.com';
export const ADMIN_PASSWORD = 'correct horse battery staple';
export const INTERNAL_SECRET = 'k4Vw9sQ2mX7pL1zR8tB3nC6yH5jD0fGa';

/** Settings of an auth server on the test's database, parsed like real ones. */
export function authSettings(databaseUrl: string, env: NodeJS.ProcessEnv = {}): Settings {
  return loadSettings(
    {
      NODE_ENV: 'test',
      DATABASE_URL: databaseUrl,
      BETTER_AUTH_SECRET: 'vT4qN8wZ1xK6rP3mS9cF2hJ7bL5dG0yA',
      INTERNAL_SECRET,
      ADMIN_EMAIL,
      ADMIN_PASSWORD,
      LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
      ...hashCost(env),
      ...env,
    },
    'auth',
  );
}
