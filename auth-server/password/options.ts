import { PASSWORD_LENGTH } from '../../contract';
import { PasswordHasher } from './password-hasher';
import type { AuthConfig } from '../common/config';
import { requestContext } from '../common/request-context';

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
  const { verify } = hasher;
  const hash = oncePerRequest(hasher.hash);
  return { hasher, options: { ...LENGTHS, password: { hash, verify } } };
}

/**
 * A sign-up is repeated when another one takes its e-mail address meanwhile. A second hash would
 * make it slower, and its time would tell that the address was free.
 */
function oncePerRequest(compute: PasswordHasher['hash']): PasswordHasher['hash'] {
  /** By the request's context. */
  const computed = new WeakMap<object, { password: string; hash: string }>();
  return async (password) => {
    const request = requestContext.getStore();
    const known = request && computed.get(request);
    if (known?.password === password) return known.hash;
    const hash = await compute(password);
    if (request) computed.set(request, { password, hash });
    return hash;
  };
}
