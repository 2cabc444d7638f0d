import type { Pool } from 'pg';
import { BreachedPasswords } from './breached-passwords';
import { PasswordHasher } from './password-hasher';
import { LENGTHS, passwordPlugin } from './plugin';
import { PasswordUpgrade } from './password-upgrade';
import type { AuthConfig } from '../common/config';
import type { Logger } from '../../runtime/logger';

interface Parts {
  config: AuthConfig;
  pool: Pool;
  logger: Logger;
}

/**
 * How passwords are kept and which ones are taken: parts of Better-Auth's options. Lengths
 * are as in NIST SP 800-63B-4, section 3.1.1.2, for an account that can have a second factor.
 */
export function createPasswords({ config, pool, logger }: Parts) {
  const hasher = new PasswordHasher();
  const upgrade = new PasswordUpgrade({ pool, hasher, logger });
  const breached = new BreachedPasswords(config.breachedPasswordsUrl, logger);
  const { hash, verify } = hasher;
  return {
    options: { ...LENGTHS, password: { hash, verify } },
    plugin: passwordPlugin({ breached, upgrade }),
  };
}
