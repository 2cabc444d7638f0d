import type { AuthConfig } from './common/config';
import { createPool } from './common/database';
import { type Renewal, toCipherKey } from './common/secrets';
import { explainStart } from './common/start-error';
import { renewFactors } from './second-factor/stored-secrets';
import { renewAuthorizations } from './shared-signals/stored-authorizations';
import { renewKeys } from './signing-keys/key-encryption';
import { createLogger } from '../runtime/logger';
import { StartError } from '../runtime/start-error';

const MISSING =
  'Some data was encrypted with a secret that is not listed. Add its version to ' +
  'BETTER_AUTH_SECRETS and run the command again.';

interface CommandParts {
  config: AuthConfig;
  /** Writes a line to the terminal. */
  print: (line: string) => void;
}

/**
 * `npm run secrets:renew`: encrypts stored data with the current secret, so that a former one can
 * be removed (docs/operations/secrets.md). It can run beside the auth servers, and again.
 *
 * @throws {StartError} when the secret of some data is missing.
 */
export async function renewSecrets({ config, print }: CommandParts): Promise<void> {
  const pool = createPool(config, createLogger('secrets', 'silent'));
  const key = toCipherKey(config);
  try {
    const factors = await renewFactors(pool, key);
    const keys = await renewKeys(pool, key);
    const streams = await renewAuthorizations(pool, key);
    print(`second factors: ${toText(factors)}`);
    print(`signing keys: ${toText(keys)}`);
    print(`event streams: ${toText(streams)}`);
    const unreadable = factors.unreadable + keys.unreadable + streams.unreadable;
    if (unreadable > 0) throw new StartError(MISSING);
  } catch (error) {
    throw explainStart(error);
  } finally {
    await pool.end();
  }
}

function toText({ renewed, unreadable }: Renewal): string {
  return `${renewed} encrypted with the current secret, ${unreadable} unreadable`;
}
