/** A stored hash that was understood. */
export interface PasswordHash {
  /** Algorithm and parameters. Hashes with the same kind need the same time. */
  kind: string;
  verify(password: string): Promise<boolean>;
}

/** The hash cannot be used. The message has no part of the hash. */
export class HashFormatError extends Error {
  override readonly name = 'HashFormatError';
}

/**
 * Other systems hash a password as it was typed, this one in NFKC. Both forms of a password are
 * tried.
 */
export function asTyped(check: (password: string) => Promise<boolean>): PasswordHash['verify'] {
  return async (password) => {
    const forms = new Set([password, password.normalize('NFKC')]);
    const results: boolean[] = [];
    for (const form of forms) results.push(await check(form));
    return results.includes(true);
  };
}
