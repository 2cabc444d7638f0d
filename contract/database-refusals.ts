import { LAST_ADMINISTRATOR } from './last-administrator';

/**
 * SQLSTATEs with which triggers refuse a change (`migrations/`). Class `GH` is not used by
 * PostgreSQL.
 */
export const DATABASE_REFUSALS = {
  /** The write was decided on credentials that have changed since. */
  credentialsChanged: 'GH001',
  /** A session of a banned user. */
  banned: 'GH002',
  lastAdministrator: LAST_ADMINISTRATOR,
  /** A session in which a user impersonates another user without the right to do so. */
  impersonation: 'GH004',
  /** A passkey or an account of a user who has as many as are allowed. */
  tooMany: 'GH005',
  /** The removal of the last sign-in method of a user. */
  lastMethod: 'GH006',
  /** A refresh token of a grant that has ended. */
  grantEnded: 'GH007',
  /** A change of a second factor that another one has changed meanwhile. */
  secondFactorChanged: 'GH008',
} as const;

/** Basis of a hash that replaces an older hash of the same password: it changes no credentials. */
export const REHASH_BASIS = '- - rehash';

/** Follows the basis of a new password after which the other sessions stay. */
export const KEEP_SESSIONS = ' keep';

/**
 * Follows the basis of a change that removes a ban because it has ended. The database refuses it
 * while the ban is in force (`migrations/1795810000000-KeepNewBans.ts`).
 */
export const ENDED_BAN = ' ended-ban';
