import { TABLES } from '../../contract';
import { toTableMapping } from '../common/table-mapping';

const { user, session, account, verification } = TABLES;

/**
 * Table and columns of a user, without the columns that plugins add. Each column is named:
 * Better-Auth's option `casing` does not change column names.
 */
export const USER_MAPPING = {
  modelName: user.name,
  fields: {
    name: user.columns.name,
    email: user.columns.email,
    emailVerified: user.columns.emailVerified,
    image: user.columns.image,
    createdAt: user.columns.createdAt,
    updatedAt: user.columns.updatedAt,
  },
} as const;

export const { account: ACCOUNT_MAPPING, verification: VERIFICATION_MAPPING } = toTableMapping({
  account,
  verification,
});

/** The columns that the admin plugin adds to `user` and `session`. */
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
