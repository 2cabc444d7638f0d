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

/** @param phc a string for which {@link isArgon2id} is true, with the current parameters. */
export async function verifyArgon2id(phc: string, password: string): Promise<boolean> {
  try {
    return await verify(phc, normalize(password));
  } catch {
    // A damaged hash matches no password and is not an error.
    return false;
  }
}

export function isArgon2id(stored: string): boolean {
  return stored.startsWith(PREFIX);
}

/** Whether the parameters of a hash differ from the current ones. */
export function isOutdated(phc: string): boolean {
  const { memoryCost, timeCost, parallelism } = optionsOf(phc);
  return (
    memoryCost !== PARAMETERS.memoryCost ||
    timeCost !== PARAMETERS.timeCost ||
    parallelism !== PARAMETERS.parallelism
  );
}

/** A damaged hash has no parameters. */
function optionsOf(phc: string): Partial<ReturnType<typeof parseOptions>> {
  try {
    return parseOptions(phc);
  } catch {
    return {};
  }
}

/** The part of a current hash before its salt. */
export const CURRENT_KIND = `$argon2id$v=19$m=${PARAMETERS.memoryCost},t=${PARAMETERS.timeCost},p=${PARAMETERS.parallelism}`;

/**
 * Unicode has several forms of the same password. They are normalized to NFKC, as in NIST SP
 * 800-63B-4, section 3.1.1.2, and in the hashes of Better-Auth.
 */
function normalize(password: string): string {
  return password.normalize('NFKC');
}
