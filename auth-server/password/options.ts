import { PasswordHasher } from './password-hasher';

/** Lengths of a password in characters (NIST SP 800-63B-4, section 3.1.1.2). */
export const SHORTEST = 8;
export const LONGEST = 128;

/**
 * Better-Auth counts UTF-16 units, and a character has one or two of them. Its limits refuse no
 * password that is allowed; the password rules count characters.
 */
const LENGTHS = { minPasswordLength: SHORTEST, maxPasswordLength: 2 * LONGEST };

/** The hasher is shared with the plugin, which renews hashes. */
export function createPasswordOptions() {
  const hasher = new PasswordHasher();
  const { hash, verify } = hasher;
  return { hasher, options: { ...LENGTHS, password: { hash, verify } } };
}
