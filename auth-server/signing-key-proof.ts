import type { Pool } from 'pg';
import type { Auth } from './auth';
import type { AuthConfig } from './config';
import { findSigningKey } from './signing-keys';

interface KeyParts {
  auth: Auth;
  config: AuthConfig;
  pool: Pool;
}

/** Makes a signing key when none is in force, ahead of the first request that needs it. */
export async function ensureSigningKey({ auth, config, pool }: KeyParts): Promise<void> {
  if (!(await findSigningKey(pool, config.jwtAlgorithm))) await proveSigningKey(auth);
}

/**
 * Signs something, which makes a key when none is in force.
 *
 * @throws when the key in the database cannot be used.
 */
export async function proveSigningKey(auth: Auth): Promise<void> {
  await auth.api.signJWT({ body: { payload: {} } });
}
