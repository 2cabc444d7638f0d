import { setTimeout as sleep } from 'node:timers/promises';
import type { AuthConfig } from '../common/config';
import { type SigningKey, toKeyTimes } from './key-ring';
import type { KeyChanges, SigningKeys } from './signing-keys';
import type { Logger } from '../../runtime/logger';

/** Longest pause between two looks at the keys. A look is one query. */
const LONGEST_PAUSE_MS = 60_000;

/** Looks within the time that a key is published ahead: one that fails is made up for. */
const LOOKS_AHEAD = 4;

const OTHER_SECRET =
  'signing keys were encrypted with another BETTER_AUTH_SECRET: tokens that they signed are ' +
  'good as before, new ones are signed by a key of this one';

interface ScheduleParts {
  signingKeys: SigningKeys;
  config: AuthConfig;
  logger: Logger;
}

/**
 * Looks after the keys from now on, through database outages too. Every auth server does;
 * the lock and the table decide which one of them makes a key.
 */
export function keepKeysInRotation(parts: ScheduleParts): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const finished = run(parts, stopping.signal);
  return {
    stop: () => {
      stopping.abort();
      return finished;
    },
  };
}

async function run({ signingKeys, config, logger }: ScheduleParts, signal: AbortSignal) {
  const pause = Math.min(LONGEST_PAUSE_MS, toKeyTimes(config).publishAhead / LOOKS_AHEAD);
  let failing = false;
  let foreign = 0;
  while (!signal.aborted) {
    try {
      report(await signingKeys.maintain(), logger);
      const { foreign: others } = await signingKeys.current();
      if (others.length > foreign) logger.warn({ kids: idsOf(others) }, OTHER_SECRET);
      foreign = others.length;
      failing = false;
    } catch (error) {
      // Said on the change, not on every try. The message alone: a database error drags values along.
      const reason = error instanceof Error ? error.message : String(error);
      if (!failing) logger.warn({ reason }, 'signing keys cannot be looked after');
      failing = true;
    }
    await sleep(pause, undefined, { signal, ref: false }).catch(() => {});
  }
}

function idsOf(keys: SigningKey[]): string[] {
  return keys.map(({ id }) => id);
}

function report({ made, removed }: KeyChanges, logger: Logger): void {
  if (made !== null) logger.info({ kid: made }, 'the next signing key is published');
  if (removed.length > 0) logger.info({ kids: removed }, 'old signing keys are removed');
}
