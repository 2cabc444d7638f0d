import { betterAuth } from 'better-auth';
import { type AuthParts, toOptions } from './options';
import { createPhases, toPlugins } from './plugins';
import { createPasswordOptions } from '../password/options';

export type Auth = ReturnType<typeof createAuth>;

/** The Better-Auth instance of Gatehouse. */
export function createAuth(parts: AuthParts) {
  const passwords = createPasswordOptions(parts.config);
  return betterAuth({
    ...toOptions(parts, passwords.options),
    plugins: toPlugins(createPhases({ ...parts, hasher: passwords.hasher })),
  });
}
