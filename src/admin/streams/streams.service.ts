import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { RETRY_NOW } from '../../../contract';
import type {
  EventDelivery,
  EventDeliveryPage,
  EventStream,
  EventStreamPage,
  ListDeliveries,
  ListEventStreams,
  Replay,
  Replayed,
} from './streams.schemas';
import { LIST_DELIVERIES, LIST_STREAMS, LOCK_STREAM, REPLAY, RESUME } from './streams.statements';
import { recordAuditEvent } from '../../audit/audit-trail';
import type { UserActor } from '../../auth/principal/current-actor.decorator';
import { type CursorPosition, Cursors, type CursorSequence } from '../../common/pagination/cursor';
import { Problem } from '../../common/problems/problem';
import { ActorTransactions } from '../../users/actor-transactions';

type Timed<Shape> = Omit<Shape, 'createdAt' | 'finishedAt'> & { createdAt: Date };
type StreamRow = Timed<EventStream>;
type DeliveryRow = Timed<EventDelivery> & { finishedAt: Date | null };

/** Streams of security events and the log of their deliveries. The auth server transmits. */
@Injectable()
export class StreamsService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly transactions: ActorTransactions,
    private readonly cursors: Cursors,
  ) {}

  /** The newest first. */
  async listStreams({ limit, cursor }: ListEventStreams): Promise<EventStreamPage> {
    const sequence = { list: 'event-streams', order: '-createdAt' };
    const after = await this.positionOf(cursor, sequence);
    const values = [after?.value ?? null, after?.id ?? null, limit + 1];
    const rows = await this.dataSource.query<StreamRow[]>(LIST_STREAMS, values);
    const items = rows.slice(0, limit).map((row) => ({
      ...row,
      createdAt: row.createdAt.toISOString(),
    }));
    const last = rows.length > limit ? items.at(-1)! : null;
    const end = last && { value: last.createdAt, id: last.streamId };
    return { items, nextCursor: await this.cursorOf(end, sequence) };
  }

  /**
   * The newest first.
   * @throws {Problem} `not_found`
   */
  async listDeliveries(streamId: string, query: ListDeliveries): Promise<EventDeliveryPage> {
    const { limit, cursor, state } = query;
    const sequence = { list: 'event-deliveries', order: '-id', filters: { streamId, state } };
    const after = await this.positionOf(cursor, sequence);
    await this.assertExists(streamId);
    const values = [streamId, after?.id ?? null, state ?? null, limit + 1];
    const rows = await this.dataSource.query<DeliveryRow[]>(LIST_DELIVERIES, values);
    const items = rows.slice(0, limit).map((row) => ({
      ...row,
      createdAt: row.createdAt.toISOString(),
      finishedAt: row.finishedAt?.toISOString() ?? null,
    }));
    const last = rows.length > limit ? items.at(-1)! : null;
    const end = last && { value: last.deliveryId, id: last.deliveryId };
    return { items, nextCursor: await this.cursorOf(end, sequence) };
  }

  /** @throws {Problem} `not_found` */
  replay(
    actor: UserActor,
    { streamId, replay }: { streamId: string; replay: Replay },
  ): Promise<Replayed> {
    const { deliveryIds = null, since = null } = replay;
    return this.transactions.run({ actor }, async (manager) => {
      const found = await manager.query<object[]>(LOCK_STREAM, [streamId]);
      if (found.length === 0) throw new Problem('not_found');
      const [, replayed] = await manager.query<[unknown, number]>(REPLAY, [
        streamId,
        deliveryIds,
        since,
      ]);
      const [, resumed] = await manager.query<[unknown, number]>(RESUME, [streamId]);
      if (resumed > 0) await manager.query(RETRY_NOW, [streamId]);
      const subject = { type: 'stream', id: streamId } as const;
      const detail = { replayed, resumed: resumed > 0 };
      await recordAuditEvent(manager, { action: 'stream.replayed', actor, subject, detail });
      return { replayed };
    });
  }

  private async assertExists(streamId: string): Promise<void> {
    const sql = 'SELECT id FROM event_stream WHERE id = $1';
    const found = await this.dataSource.query<object[]>(sql, [streamId]);
    if (found.length === 0) throw new Problem('not_found');
  }

  private async positionOf(
    cursor: string | undefined,
    sequence: CursorSequence,
  ): Promise<CursorPosition | null> {
    return cursor === undefined ? null : this.cursors.parseCursor(cursor, sequence);
  }

  private async cursorOf(
    end: CursorPosition | null,
    sequence: CursorSequence,
  ): Promise<string | null> {
    return end && this.cursors.toCursor({ ...sequence, ...end });
  }
}
