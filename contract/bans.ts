/** The columns of a ban in the row of a user, with the types of any database client. */
export interface Ban {
  banned: unknown;
  /** `null`: the ban has no end. A date, or milliseconds since the epoch, also infinite ones. */
  banExpires?: unknown;
}

/**
 * Whether a ban is in force. The SQL function `gatehouse_is_banned` has the same rule; a test
 * compares both. An end that cannot be read ends no ban.
 */
export function isBanInForce({ banned, banExpires }: Ban, now: number = Date.now()): boolean {
  if (banned !== true) return false;
  return banExpires === null || banExpires === undefined || !(Number(banExpires) <= now);
}
