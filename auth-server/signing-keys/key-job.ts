import type { AuthConfig } from '../common/config';
import { type SigningKey, toKeyTimes } from './key-ring';
import type { KeyChanges, SigningKeys } from './signing-keys';
import type { Job } from '../../runtime/jobs/jobs';
import type { Logger } from '../../runtime/logger';

/** Longest pause between two checks of the keys. A check is one query. */
const LONGEST_PAUSE_MS = 60_000;

/** Checks within the time that a key is published ahead: one of them may fail. */
const CHECKS_AHEAD = 4;

const OTHER_SECRET =
  'signing keys were encrypted with another BETTER_AUTH_SECRET: their tokens stay valid, ' +
  'new tokens are signed by a key of this secret';

export interface KeyJobParts {
  signingKeys: SigningKeys;
  config: AuthConfig;
  logger: Logger;
}

/**
 * Publishes the next signing key ahead of time and removes old keys. Every auth server
 * checks; the lock and the table decide which one of them creates a key.
 */
export function createKeyJob({ signingKeys, config, logger }: KeyJobParts): Job {
  let foreignCount = 0;
  return {
    name: 'signing-keys',
    intervalMs: Math.min(LONGEST_PAUSE_MS, toKeyTimes(config).publishAhead / CHECKS_AHEAD),
    async run() {
      const changes = await signingKeys.maintain();
      report(changes, logger);
      const { foreign } = await signingKeys.current();
      if (foreign.length > foreignCount) logger.warn({ kids: idsOf(foreign) }, OTHER_SECRET);
      foreignCount = foreign.length;
      return changes.removed.length + (changes.made === null ? 0 : 1);
    },
  };
}

function idsOf(keys: SigningKey[]): string[] {
  return keys.map(({ id }) => id);
}

function report({ made, removed }: KeyChanges, logger: Logger): void {
  if (made !== null) logger.info({ kid: made }, 'the next signing key is published');
  if (removed.length > 0) logger.info({ kids: removed }, 'old signing keys are removed');
}
