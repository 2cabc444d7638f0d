import type { Session } from './session.schemas';
import type { SessionEntity } from '../database/entities/session.entity';

/** The response shape of a session, without its token. */
export function toSession(row: SessionEntity, currentSessionId?: string): Session {
  return {
    id: row.id,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    ipAddress: row.ipAddress,
    userAgent: row.userAgent,
    impersonatedBy: row.impersonatedBy,
    current: row.id === currentSessionId,
  };
}
