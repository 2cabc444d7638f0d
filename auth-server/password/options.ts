import { PASSWORD_LENGTH } from '../../contract';
import { PasswordHasher } from './password-hasher';
import type { AuthConfig } from '../common/config';

/**
 * Better-Auth counts UTF-16 units, and a character has one or two of them. Its limits refuse no
 * password that is allowed; the password rules count characters.
 */
const LENGTHS = {
  minPasswordLength: PASSWORD_LENGTH.least,
  maxPasswordLength: 2 * PASSWORD_LENGTH.most,
};

/** The hasher is shared with the plugin, which renews hashes. */
export function createPasswordOptions({ passwordHashCost }: AuthConfig) {
  const hasher = new PasswordHasher(passwordHashCost);
  const { hash, verify } = hasher;
  return { hasher, options: { ...LENGTHS, password: { hash, verify } } };
}
