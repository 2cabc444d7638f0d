import { hash, parseOptions, verify } from '@node-rs/argon2';

/**
 * OWASP's first recommendation for argon2id (46 MiB, one pass, one lane):
 * https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
 * The reasons and the figures are in docs/decisions/0008-password-hashing.md.
 */
export const PARAMETERS = { memoryCost: 47_104, timeCost: 1, parallelism: 1 } as const;

const PREFIX = '$argon2id$';

/** @returns a PHC string with a random salt of 16 bytes. */
export function hashArgon2id(password: string): Promise<string> {
  return hash(normalize(password), PARAMETERS);
}

/** @param phc a string for which {@link isArgon2id} is true. */
export async function verifyArgon2id(phc: string, password: string): Promise<boolean> {
  try {
    return await verify(phc, normalize(password));
  } catch {
    // A damaged string lets nobody in, and is no reason to fail.
    return false;
  }
}

export function isArgon2id(stored: string): boolean {
  return stored.startsWith(PREFIX);
}

/** Whether a hash was made with other parameters than those of today. */
export function isOutdated(phc: string): boolean {
  const { memoryCost, timeCost, parallelism } = parseOptions(phc);
  return (
    memoryCost !== PARAMETERS.memoryCost ||
    timeCost !== PARAMETERS.timeCost ||
    parallelism !== PARAMETERS.parallelism
  );
}

/**
 * The same password may arrive composed in different ways; NFKC as in NIST SP 800-63B-4,
 * section 3.1.1.2, and as in Better-Auth's own hashes.
 */
function normalize(password: string): string {
  return password.normalize('NFKC');
}
