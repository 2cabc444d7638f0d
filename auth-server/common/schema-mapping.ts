import { TABLES } from '../../contract';
import { toTableMapping } from './table-mapping';

const { user, session, account, verification, jwks } = TABLES;

/**
 * Contract names → Better-Auth's models and fields, column by column: Better-Auth's own
 * casing option does not change column names. Of users and sessions, plugins own a part.
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
  ...toTableMapping({ account, verification }),
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
export const JWT_MAPPING = toTableMapping({ jwks });
