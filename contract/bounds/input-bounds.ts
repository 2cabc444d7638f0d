/** Lengths of a password in characters (NIST SP 800-63B-4, section 3.1.1.2). */
export const PASSWORD_LENGTH = { least: 8, most: 128 } as const;

/** The longest values that both processes accept, in characters. */
export const LONGEST = {
  /** RFC 5321, section 4.5.3.1.3. */
  emailAddress: 254,
  /** The name of a user or a client. */
  name: 200,
  url: 2_000,
  scope: 100,
  clientId: 200,
} as const;

/** The longest stored part of a `User-Agent` header, in characters. */
export const LONGEST_USER_AGENT = 512;

/** How much an OAuth client can have. */
export const MOST_OF_CLIENT = { scopes: 200, redirectUris: 20, keys: 10 } as const;
