import { TABLES } from '../../contract';

const { name, columns } = TABLES.session;

/** Table and columns of a session. The admin plugin maps `impersonatedBy`: users/schema.ts. */
export const SESSION_MAPPING = {
  modelName: name,
  fields: {
    userId: columns.userId,
    token: columns.token,
    expiresAt: columns.expiresAt,
    ipAddress: columns.ipAddress,
    userAgent: columns.userAgent,
    createdAt: columns.createdAt,
    updatedAt: columns.updatedAt,
  },
} as const;
