import type { AuditEvent } from './audit-event.schemas';
import type { AuditEventEntity } from '../database/entities/audit-event.entity';

export function toAuditEvent(row: AuditEventEntity): AuditEvent {
  const { subjectType, subjectId } = row;
  return {
    id: row.id,
    occurredAt: row.occurredAt.toISOString(),
    action: row.action,
    outcome: row.outcome,
    actor: { type: row.actorType, id: row.actorId },
    impersonatorId: row.impersonatorId,
    subject: subjectType && subjectId !== null ? { type: subjectType, id: subjectId } : null,
    ipAddress: row.ipAddress,
    userAgent: row.userAgent,
    requestId: row.requestId,
    before: row.before,
    after: row.after,
    detail: row.detail,
  };
}
