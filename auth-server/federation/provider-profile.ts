import { LONGEST } from '../../contract';
import { isPlainText, isVisible } from '../../runtime/plain-text';

/**
 * The fields that are taken from the profile of a provider beside the e-mail address: a name and a
 * picture, with the limits that apply to changes by the user. No other claim is used, in
 * particular no role.
 */
export function toSafeProfile(profile: object): {
  name: string;
  image: string | undefined;
  /** Empty for an address that contains control characters. */
  email?: string;
} {
  const { name, login, preferred_username, email, picture, avatar_url } = profile as Record<
    string,
    unknown
  >;
  const names = [name, login, preferred_username, String(email).split('@', 1)[0]].map(toName);
  return {
    name: names.find(isVisible) ?? '',
    image: [picture, avatar_url].find(isWebAddress),
    // Better-Auth queries the address before it is checked, and the database accepts no
    // control characters.
    ...(/\p{Cc}/u.test(String(email)) && { email: '' }),
  };
}

function toName(value: unknown): string {
  if (typeof value !== 'string' || !value.isWellFormed()) return '';
  return value
    .replace(/\p{Cc}/gu, ' ')
    .replace(/\p{Bidi_Control}/gu, '')
    .trim()
    .slice(0, LONGEST.name)
    .toWellFormed();
}

function isWebAddress(value: unknown): value is string {
  if (!isPlainText(value, LONGEST.url)) return false;
  return /^https?:$/.test(URL.parse(value)?.protocol ?? '');
}
