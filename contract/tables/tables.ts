/**
 * Table and column names of what both processes read and write. The auth server maps Better-Auth's
 * models on them, the API maps its entities on them. Keys are Better-Auth's field names, values are
 * column names. Migrations contain the names as text: they are frozen and do not use this file.
 */
export const TABLES = {
  user: {
    name: 'user',
    columns: {
      id: 'id',
      name: 'name',
      email: 'email',
      emailVerified: 'email_verified',
      image: 'image',
      role: 'role',
      banned: 'banned',
      banReason: 'ban_reason',
      banExpires: 'ban_expires',
      twoFactorEnabled: 'two_factor_enabled',
      createdAt: 'created_at',
      updatedAt: 'updated_at',
      basis: 'basis',
    },
  },
  session: {
    name: 'session',
    columns: {
      id: 'id',
      userId: 'user_id',
      token: 'token',
      expiresAt: 'expires_at',
      ipAddress: 'ip_address',
      userAgent: 'user_agent',
      impersonatedBy: 'impersonated_by',
      begunIn: 'begun_in',
      authenticationMethods: 'authentication_methods',
      createdAt: 'created_at',
      updatedAt: 'updated_at',
      basis: 'basis',
    },
  },
  account: {
    name: 'account',
    columns: {
      id: 'id',
      userId: 'user_id',
      accountId: 'account_id',
      providerId: 'provider_id',
      accessToken: 'access_token',
      refreshToken: 'refresh_token',
      idToken: 'id_token',
      accessTokenExpiresAt: 'access_token_expires_at',
      refreshTokenExpiresAt: 'refresh_token_expires_at',
      scope: 'scope',
      password: 'password',
      createdAt: 'created_at',
      updatedAt: 'updated_at',
      basis: 'basis',
    },
  },
  verification: {
    name: 'verification',
    columns: {
      id: 'id',
      identifier: 'identifier',
      value: 'value',
      expiresAt: 'expires_at',
      createdAt: 'created_at',
      updatedAt: 'updated_at',
      basis: 'basis',
    },
  },
  jwks: {
    name: 'jwks',
    columns: {
      id: 'id',
      publicKey: 'public_key',
      privateKey: 'private_key',
      alg: 'alg',
      crv: 'crv',
      createdAt: 'created_at',
      expiresAt: 'expires_at',
    },
  },
} as const;
