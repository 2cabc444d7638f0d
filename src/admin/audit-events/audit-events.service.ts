import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, SelectQueryBuilder } from 'typeorm';
import type { AuditEventPage, ListAuditEvents } from './audit-events.schemas';
import { toAuditEvent } from '../../audit/audit-event.mapper';
import { type CursorPosition, Cursors } from '../../common/pagination/cursor';
import { readPage } from '../../common/pagination/keyset-pages';
import { AuditEventEntity } from '../../database/entities/audit-event.entity';

/** The audit log, in pages with a cursor. */
@Injectable()
export class AuditEventsService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly cursors: Cursors,
  ) {}

  /**
   * Newest first. New events come before the first page and do not move the others.
   * @throws {Problem} `validation_failed` when the cursor belongs to another list.
   */
  async listAuditEvents(query: ListAuditEvents): Promise<AuditEventPage> {
    const { limit, cursor, actor, subject, action, since, until } = query;
    const { rows, nextCursor } = await readPage(
      { query: this.filtered(query), cursors: this.cursors },
      {
        list: 'audit-events',
        filters: { actor, subject, action, since, until },
        by: 'occurredAt',
        direction: 'DESC',
        keyOf,
        limit,
        cursor,
      },
    );
    return { items: rows.map((row) => toAuditEvent(row)), nextCursor };
  }

  private filtered({
    actor,
    subject,
    action,
    since,
    until,
  }: ListAuditEvents): SelectQueryBuilder<AuditEventEntity> {
    const events = this.dataSource.manager.createQueryBuilder(AuditEventEntity, 'event');
    if (actor !== undefined) events.andWhere('event.actorId = :actor', { actor });
    if (subject !== undefined) events.andWhere('event.subjectId = :subject', { subject });
    if (action !== undefined) events.andWhere('event.action = :action', { action });
    if (since !== undefined) events.andWhere('event.occurredAt >= :since', { since });
    if (until !== undefined) events.andWhere('event.occurredAt < :until', { until });
    return events;
  }
}

function keyOf({ occurredAt, id }: AuditEventEntity): CursorPosition {
  return { value: occurredAt.toISOString(), id };
}
