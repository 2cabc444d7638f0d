import type { Auth } from './auth';
import type { AuthConfig } from '../common/config';
import { StartError } from '../../runtime/start-error';

/**
 * Better-Auth reads variables of the environment by itself. A variable that extends the
 * trusted origins or replaces the secret is refused.
 *
 * @throws {StartError} names the variable to remove.
 */
export async function refuseHiddenSettings(auth: Auth, config: AuthConfig): Promise<void> {
  const { trustedOrigins, secretConfig } = await auth.$context;
  const known = new Set(auth.options.trustedOrigins);
  if (!trustedOrigins.every((origin) => known.has(origin))) {
    throw new StartError('BETTER_AUTH_TRUSTED_ORIGINS must not be set: use TRUSTED_ORIGINS.');
  }
  if ((typeof secretConfig === 'string') !== (config.secretVersions === null)) {
    throw new StartError('BETTER_AUTH_SECRETS must not be set beside these settings.');
  }
}
