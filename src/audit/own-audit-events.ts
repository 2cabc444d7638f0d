import type { EntityManager } from 'typeorm';
import { toAuditEvent } from './audit-event.mapper';
import type { AuditEvent } from './audit-event.schemas';
import { AuditEventEntity } from '../database/entities/audit-event.entity';

/** Events that one query reads. */
const PAGE_SIZE = 500;

/**
 * Reads the events of a user as actor and as subject, newest first, without the IP address of an
 * administrator and without data of other users. Each page is a query of its own, so a slow reader
 * of the export holds no connection.
 */
export async function* readOwnAuditEvents(
  manager: EntityManager,
  userId: string,
): AsyncGenerator<AuditEvent[]> {
  let last: AuditEventEntity | undefined;
  while (true) {
    const rows = await readPage(manager, { userId, last });
    if (rows.length > 0) yield rows.map((row) => toOwnAuditEvent(row, userId));
    if (rows.length < PAGE_SIZE) return;
    last = rows.at(-1);
  }
}

/** Keyset pagination: each page has the same cost, and new events move none. */
function readPage(
  manager: EntityManager,
  { userId, last }: { userId: string; last?: AuditEventEntity },
): Promise<AuditEventEntity[]> {
  const query = manager
    .createQueryBuilder(AuditEventEntity, 'event')
    .where('(event.actorId = :userId OR event.subjectId = :userId)', { userId })
    .orderBy('event.occurredAt', 'DESC')
    .addOrderBy('event.id', 'DESC')
    .limit(PAGE_SIZE);
  if (last) {
    const { occurredAt, id } = last;
    query.andWhere('(event.occurredAt, event.id) < (:occurredAt, :id)', { occurredAt, id });
  }
  return query.getMany();
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
