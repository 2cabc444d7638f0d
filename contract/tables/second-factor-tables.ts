/**
 * Tables of the second factor and of passkeys, like `TABLES`: keys are the plugins' model and field
 * names, values are table and column names.
 */
export const SECOND_FACTOR_TABLES = {
  twoFactor: {
    name: 'two_factor',
    columns: {
      id: 'id',
      userId: 'user_id',
      secret: 'secret',
      backupCodes: 'backup_codes',
      verified: 'verified',
      failedVerificationCount: 'failed_verification_count',
      lockedUntil: 'locked_until',
    },
  },
  passkey: {
    name: 'passkey',
    columns: {
      id: 'id',
      userId: 'user_id',
      name: 'name',
      publicKey: 'public_key',
      credentialID: 'credential_id',
      counter: 'counter',
      deviceType: 'device_type',
      backedUp: 'backed_up',
      transports: 'transports',
      aaguid: 'aaguid',
      createdAt: 'created_at',
    },
  },
} as const;
