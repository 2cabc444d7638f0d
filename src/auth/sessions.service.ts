import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { type DataSource, MoreThan, Not } from 'typeorm';
import type { Session } from './auth.schemas';
import type { Principal } from './principal';
import { toSession } from './session.mapper';
import { Problem } from '../common/problem';
import { SessionEntity } from '../database/session.entity';

/** The sessions of a user: seen, and ended. Only the auth server begins them. */
@Injectable()
export class SessionsService {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** Sessions in force, the newest first. */
  async listSessions(userId: string, currentSessionId: string): Promise<Session[]> {
    const rows = await this.dataSource.manager.find(SessionEntity, {
      where: { userId, expiresAt: MoreThan(new Date()) },
      order: { createdAt: 'DESC', id: 'ASC' },
    });
    return rows.map((row) => toSession(row, currentSessionId));
  }

  /** @throws {Problem} `not_found` when the user has no such session. */
  async endSession(userId: string, sessionId: string): Promise<void> {
    const criteria = { id: sessionId, userId };
    const { affected } = await this.dataSource.manager.delete(SessionEntity, criteria);
    if (!affected) throw new Problem('not_found', { detail: 'There is no such session.' });
  }

  async endOtherSessions({ userId, sessionId }: Principal): Promise<void> {
    await this.dataSource.manager.delete(SessionEntity, { userId, id: Not(sessionId) });
  }

  async endAllSessions(userId: string): Promise<void> {
    await this.dataSource.manager.delete(SessionEntity, { userId });
  }
}
