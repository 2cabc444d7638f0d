import { LONGEST, MOST_OF_CLIENT } from '../../../contract';

/**
 * The scopes of a request as a set: their order has no meaning, and repeated names are one scope
 * (RFC 6749, section 3.3). The provider would keep the repetitions in codes, consents and tokens.
 *
 * A name longer than any scope, and more names than any client has, are cut to one more than that:
 * the provider still refuses them with `invalid_scope`.
 */
export function toScopeSet(scope: string): string {
  const names = scope.split(' ').filter(Boolean);
  const cut = names.map((name) => name.slice(0, LONGEST.scope + 1));
  return [...new Set(cut)].slice(0, MOST_OF_CLIENT.scopes + 1).join(' ');
}
