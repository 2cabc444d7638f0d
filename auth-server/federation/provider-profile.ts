/** Longest name that a user may have, as everywhere else. */
const LONGEST_NAME = 200;
const LONGEST_ADDRESS = 2_000;

/**
 * A provider's profile → what we take from it besides the e-mail: a name and a picture,
 * held to what users may set themselves. Nothing else that a provider says becomes part of
 * a user, least of all a role.
 */
export function toSafeProfile(profile: object): {
  name: string;
  image: string | undefined;
  /** Empty in place of an address that no query can contain. */
  email?: string;
} {
  const { name, login, preferred_username, email, picture, avatar_url } = profile as Record<
    string,
    unknown
  >;
  const names = [name, login, preferred_username, String(email).split('@', 1)[0]].map(toName);
  return {
    name: names.find((text) => text !== '') ?? '',
    image: [picture, avatar_url].find(isWebAddress),
    // Better-Auth looks for the address before it is checked. The database takes no control characters.
    ...(/\p{Cc}/u.test(String(email)) && { email: '' }),
  };
}

function toName(value: unknown): string {
  if (typeof value !== 'string' || !value.isWellFormed()) return '';
  return value
    .replace(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, LONGEST_NAME)
    .toWellFormed();
}

function isWebAddress(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > LONGEST_ADDRESS) return false;
  return /^https?:$/.test(URL.parse(value)?.protocol ?? '') && !/\p{Cc}/u.test(value);
}
