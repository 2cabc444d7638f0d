/**
 * The most rows that a user has in the database, for every writer: triggers of
 * `migrations/1795460*` enforce it, and the OpenAPI documents state it.
 */
export const MOST_STORED = {
  sessions: 100,
  passkeys: 50,
  accounts: 50,
  trustedDevices: 50,
} as const;
