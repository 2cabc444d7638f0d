import type { Session } from './session.schemas';
import type { SessionEntity } from '../database/entities/session.entity';

/** A session row as the wire shows it: never with its token. */
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
