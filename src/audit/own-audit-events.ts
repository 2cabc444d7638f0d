import type { EntityManager } from 'typeorm';
import { toAuditEvent } from './audit-event.mapper';
import type { AuditEvent } from './audit-event.schemas';
import { AuditEventEntity } from '../database/entities/audit-event.entity';

/** Enough for years; more would not fit into one answer. */
const MOST = 10_000;

/**
 * What a user did and what was done to them, newest first, as they themselves may see it:
 * without the address of an administrator and without the data of other people.
 */
export async function listOwnAuditEvents(
  manager: EntityManager,
  userId: string,
): Promise<AuditEvent[]> {
  const rows = await manager.find(AuditEventEntity, {
    where: [{ actorId: userId }, { subjectId: userId }],
    order: { occurredAt: 'DESC', id: 'DESC' },
    take: MOST,
  });
  return rows.map((row) => toOwnAuditEvent(row, userId));
}

function toOwnAuditEvent(row: AuditEventEntity, userId: string): AuditEvent {
  const event = toAuditEvent(row);
  const { actor, impersonatorId, subject } = event;
  const isAboutOthers = subject !== null && subject.id !== userId;
  const isBySomeoneElse = impersonatorId !== null || (actor.id !== null && actor.id !== userId);
  return {
    ...event,
    ...(isAboutOthers && { before: null, after: null, detail: null }),
    ...(isBySomeoneElse && { ipAddress: null, userAgent: null, requestId: null }),
  };
}
