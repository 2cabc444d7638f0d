import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, SelectQueryBuilder } from 'typeorm';
import type { AuditEventPage, ListAuditEvents } from './audit-events.schemas';
import { toAuditEvent } from '../../audit/audit-event.mapper';
import { Cursors, type CursorPosition, type CursorSequence } from '../../common/pagination/cursor';
import { AuditEventEntity } from '../../database/entities/audit-event.entity';

/** The audit log, read in pages that follow each other by cursor. */
@Injectable()
export class AuditEventsService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly cursors: Cursors,
  ) {}

  /**
   * Newest first. Events that come in meanwhile stand before the first page and move none.
   *
   * @throws {Problem} `validation_failed` when the cursor is of another list than the query's.
   */
  async listAuditEvents(query: ListAuditEvents): Promise<AuditEventPage> {
    const { cursor, limit } = query;
    const sequence = sequenceOf(query);
    const start = cursor === undefined ? null : await this.cursors.parseCursor(cursor, sequence);
    const rows = await this.onePage(query, start).getMany();
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    return {
      items: page.map((row) => toAuditEvent(row)),
      nextCursor: last ? await this.cursors.toCursor({ ...sequence, ...keyOf(last) }) : null,
    };
  }

  /** One row more than asked for tells whether another page follows. */
  private onePage(
    { actor, subject, action, since, until, limit }: ListAuditEvents,
    start: CursorPosition | null,
  ): SelectQueryBuilder<AuditEventEntity> {
    const events = this.dataSource.manager.createQueryBuilder(AuditEventEntity, 'event');
    if (actor !== undefined) events.andWhere('event.actorId = :actor', { actor });
    if (subject !== undefined) events.andWhere('event.subjectId = :subject', { subject });
    if (action !== undefined) events.andWhere('event.action = :action', { action });
    if (since !== undefined) events.andWhere('event.occurredAt >= :since', { since });
    if (until !== undefined) events.andWhere('event.occurredAt < :until', { until });
    if (start !== null) {
      events.andWhere('(event.occurredAt, event.id) < (:value, :id)', { ...start });
    }
    return events
      .orderBy('event.occurredAt', 'DESC')
      .addOrderBy('event.id', 'DESC')
      .limit(limit + 1);
  }
}

function sequenceOf({ actor, subject, action, since, until }: ListAuditEvents): CursorSequence {
  const filters = { actor, subject, action, since, until };
  return { list: 'audit-events', order: '-occurredAt', filters };
}

function keyOf({ occurredAt, id }: AuditEventEntity): CursorPosition {
  return { value: occurredAt.toISOString(), id };
}
