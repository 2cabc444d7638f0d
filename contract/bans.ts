/** What a row of a user says about a ban, as any reader of the database delivers it. */
export interface Ban {
  banned: unknown;
  /** `null`: the ban has no end. A date, or milliseconds since the epoch, also infinite ones. */
  banExpires?: unknown;
}

/**
 * Whether a ban is in force. The function `gatehouse_is_banned` says the same in SQL; a test
 * compares both. An end that cannot be read ends no ban.
 */
export function isBanInForce({ banned, banExpires }: Ban, now: number = Date.now()): boolean {
  if (banned !== true) return false;
  return banExpires === null || banExpires === undefined || !(Number(banExpires) <= now);
}
