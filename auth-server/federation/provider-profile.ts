import { CLOCK_TOLERANCE_SECONDS, LONGEST } from '../../contract';
import { isPlainText, isVisible } from '../../runtime/plain-text';

/**
 * The fields that are taken from the profile of a provider beside the e-mail address: a name and a
 * picture, with the limits that apply to changes by the user. No other claim is used, in
 * particular no role.
 */
export function toSafeProfile(profile: object): {
  name: string;
  image: string | undefined;
  /** The address without the characters that no address here has: it is refused. */
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
    // Better-Auth queries the address in lower case before it is checked: U+212A, the Kelvin sign,
    // becomes the letter k of another address. The database accepts no NUL character.
    ...(typeof email === 'string' && { email: email.replaceAll(OTHER_CHARACTERS, '\ufffd') }),
  };
}

/** All but printable ASCII: `common/email-address.ts` accepts no other characters. */
const OTHER_CHARACTERS = /[^\x20-\x7e]/gu;

/** Google names itself in one of two ways: https://developers.google.com/identity/openid-connect/openid-connect#validatinganidtoken */
const GOOGLE_ISSUERS = ['https://accounts.google.com', 'accounts.google.com'];

interface IdTokenClaims {
  iss: string;
  aud: string;
  exp: number;
}

/**
 * The profile in an ID token of Google. It comes from Google's token endpoint by TLS, so its
 * signature is not verified (OpenID Connect Core 1.0, section 3.1.3.7). Better-Auth checks none of
 * its claims.
 *
 * @throws {Error} for an ID token of another issuer, for another client, or after its end.
 */
export function toGoogleProfile(claims: IdTokenClaims, clientId: string) {
  const { iss, aud, exp } = claims;
  if (!GOOGLE_ISSUERS.includes(iss)) throw new Error('the ID token has another issuer');
  if (aud !== clientId) throw new Error('the ID token is for another client');
  const isInForce = (exp + CLOCK_TOLERANCE_SECONDS) * 1_000 > Date.now();
  if (!isInForce) throw new Error('the ID token has expired');
  return toSafeProfile(claims);
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
