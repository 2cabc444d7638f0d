import { TABLES } from './contract';

const { user, session, account, verification, jwks } = TABLES;

/**
 * Contract names → Better-Auth's models and fields, column by column: Better-Auth's own
 * casing option does not change column names. `id` is called `id` everywhere.
 */
export const MODEL_MAPPING = {
  user: {
    modelName: user.name,
    fields: {
      name: user.columns.name,
      email: user.columns.email,
      emailVerified: user.columns.emailVerified,
      image: user.columns.image,
      createdAt: user.columns.createdAt,
      updatedAt: user.columns.updatedAt,
    },
  },
  session: {
    modelName: session.name,
    fields: {
      userId: session.columns.userId,
      token: session.columns.token,
      expiresAt: session.columns.expiresAt,
      ipAddress: session.columns.ipAddress,
      userAgent: session.columns.userAgent,
      createdAt: session.columns.createdAt,
      updatedAt: session.columns.updatedAt,
    },
  },
  account: {
    modelName: account.name,
    fields: {
      userId: account.columns.userId,
      accountId: account.columns.accountId,
      providerId: account.columns.providerId,
      accessToken: account.columns.accessToken,
      refreshToken: account.columns.refreshToken,
      idToken: account.columns.idToken,
      accessTokenExpiresAt: account.columns.accessTokenExpiresAt,
      refreshTokenExpiresAt: account.columns.refreshTokenExpiresAt,
      scope: account.columns.scope,
      password: account.columns.password,
      createdAt: account.columns.createdAt,
      updatedAt: account.columns.updatedAt,
    },
  },
  verification: {
    modelName: verification.name,
    fields: {
      identifier: verification.columns.identifier,
      value: verification.columns.value,
      expiresAt: verification.columns.expiresAt,
      createdAt: verification.columns.createdAt,
      updatedAt: verification.columns.updatedAt,
    },
  },
} as const;

/** What the admin plugin adds to `user` and `session`. */
export const ADMIN_MAPPING = {
  user: {
    fields: {
      role: user.columns.role,
      banned: user.columns.banned,
      banReason: user.columns.banReason,
      banExpires: user.columns.banExpires,
    },
  },
  session: { fields: { impersonatedBy: session.columns.impersonatedBy } },
};

/** The jwt plugin's table. */
export const JWT_MAPPING = {
  jwks: {
    modelName: jwks.name,
    fields: {
      publicKey: jwks.columns.publicKey,
      privateKey: jwks.columns.privateKey,
      alg: jwks.columns.alg,
      crv: jwks.columns.crv,
      createdAt: jwks.columns.createdAt,
      expiresAt: jwks.columns.expiresAt,
    },
  },
};
