/** The least cost of a password hash, for tests of other things. */
export const CHEAP_HASHES = { PASSWORD_HASH_MEMORY: '8', PASSWORD_HASH_PASSES: '1' };

/** The default cost, for tests of hashes, of their times and of their number. */
export const DEFAULT_HASHES = { PASSWORD_HASH_MEMORY: '', PASSWORD_HASH_PASSES: '' };

/** @returns {@link CHEAP_HASHES}, except in production, which refuses them. */
export function hashCost({ NODE_ENV }: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return NODE_ENV === 'production' ? DEFAULT_HASHES : CHEAP_HASHES;
}
