import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { type DataSource, type FindOperator, Not, Raw } from 'typeorm';
import type { Actor, UserActor } from '../auth/principal/current-actor.decorator';
import { ActorTransactions } from './actor-transactions';
import type { Session } from './session.schemas';
import { assertMayChange } from './user-lock';
import { toSession } from './session.mapper';
import type { AuditAction } from '../../contract';
import { recordAuditEvent } from '../audit/audit-trail';
import { Problem } from '../common/problems/problem';
import { SessionEntity } from '../database/entities/session.entity';

/** Lists and ends the sessions of a user. Only the auth server creates sessions. */
@Injectable()
export class SessionsService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly transactions: ActorTransactions,
  ) {}

  /** Sessions in force by the clock of the database, the newest first. */
  async listSessions(userId: string, currentSessionId?: string): Promise<Session[]> {
    const rows = await this.dataSource.manager.find(SessionEntity, {
      where: { userId, expiresAt: Raw((column) => `${column} > now()`) },
      order: { createdAt: 'DESC', id: 'ASC' },
    });
    return rows.map((row) => toSession(row, currentSessionId));
  }

  /** With those that have expired and are not deleted yet, the newest first. */
  async listStoredSessions(userId: string, currentSessionId: string): Promise<Session[]> {
    const order = { createdAt: 'DESC', id: 'ASC' } as const;
    const rows = await this.dataSource.manager.find(SessionEntity, { where: { userId }, order });
    return rows.map((row) => toSession(row, currentSessionId));
  }

  /** @throws {Problem} `not_found` when the user has no such session; as {@link assertMayChange} */
  async endSession(actor: Actor, { userId, sessionId }: SessionOfUser): Promise<void> {
    await this.transactions.run({ actor, userId }, async (manager) => {
      await assertMayChange(manager, { id: userId, actor });
      const row = await manager.findOneBy(SessionEntity, { id: sessionId, userId });
      if (!row) throw noSuchSession();
      const { ipAddress, userAgent } = row;
      await recordAuditEvent(manager, {
        action: 'session.revoked',
        actor,
        subject: { type: 'user', id: userId },
        before: { sessionId, ipAddress, userAgent },
      });
      const { affected } = await manager.delete(SessionEntity, { id: sessionId });
      // A concurrent request has ended the session and recorded the event.
      if (!affected) throw noSuchSession();
    });
  }

  async endOtherSessions(actor: UserActor): Promise<void> {
    const { userId, sessionId } = actor.principal;
    await this.endSessions(actor, {
      action: 'session.others_revoked',
      where: { userId, id: Not(sessionId) },
    });
  }

  /** @throws {Problem} as {@link assertMayChange} */
  async endAllSessions(actor: Actor, userId: string): Promise<void> {
    await this.endSessions(actor, { action: 'session.all_revoked', where: { userId } });
  }

  private async endSessions(
    actor: Actor,
    {
      action,
      where,
    }: { action: AuditAction; where: { userId: string; id?: FindOperator<string> } },
  ): Promise<void> {
    await this.transactions.run({ actor, userId: where.userId }, async (manager) => {
      await assertMayChange(manager, { id: where.userId, actor });
      const sessions = await manager.countBy(SessionEntity, where);
      if (sessions === 0) return;
      const subject = { type: 'user', id: where.userId } as const;
      await recordAuditEvent(manager, { action, actor, subject, detail: { sessions } });
      await manager.delete(SessionEntity, where);
    });
  }
}

function noSuchSession(): Problem {
  return new Problem('not_found', { detail: 'There is no such session.' });
}

interface SessionOfUser {
  userId: string;
  sessionId: string;
}
