/**
 * Keys of PostgreSQL's advisory locks. All processes of an installation use the same keys,
 * also processes of different versions: a key never changes.
 */
export const LOCKS = {
  /** Changes of the schema. */
  migrations: 7319045561203,
  /** The first administrator is created. */
  firstAdministrator: 7319045561204,
  /** Signing keys are created and removed. */
  signingKeys: 7319045561205,
  /** Taken by a trigger when an administrator is removed (migrations/1795430003000-KeepAnAdministrator). */
  administrators: 7319045561206,
  /** Shared while a client is created, taken by a trigger when scopes are removed (migrations/1795689101000-AwaitNewClients). */
  resourceScopes: 7319045561207,
  /** Jobs: each runs on one replica at a time. */
  idempotencyCleanup: 7319045561221,
  refreshTokenCleanup: 7319045561231,
  auditRetention: 7319045561241,
  sessionCleanup: 7319045561242,
  verificationCleanup: 7319045561243,
  rateLimitCleanup: 7319045561244,
  auditRepeats: 7319045561245,
  accessEventCleanup: 7319045561246,
  eventPush: 7319045561247,
  eventDeliveryCleanup: 7319045561248,
  clientAssertionCleanup: 7319045561249,
  endedGrantCleanup: 7319045561250,
  withdrawalCleanup: 7319045561251,
  removalCleanup: 7319045561252,
} as const;
