import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Principal } from './principal';
import type { AccessTokenClaims, Role } from '../../auth-server/contract';
import { Problem } from '../common/problem';
import { API_SETTINGS, type ApiSettings } from '../config/api-settings';
import { SessionEntity } from '../database/session.entity';

/** What decides whether a session gives access, as one query reads it. */
export interface SessionState {
  userId: string;
  role: Role;
  banned: boolean;
  banExpires: Date | null;
  expiresAt: Date;
}

/** Decides what a valid signature is worth, after `ACCESS_CHECK`. */
@Injectable()
export class SessionAccess {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    @Inject(API_SETTINGS) private readonly settings: ApiSettings,
  ) {}

  /**
   * @returns the caller, with the role in force.
   * @throws {Problem} `invalid_token` when session or user are no longer in force.
   */
  async judge(claims: AccessTokenClaims): Promise<Principal> {
    const { sub: userId, sid: sessionId, role } = claims;
    if (this.settings.accessCheck === 'token') return { userId, sessionId, role };
    const state = await this.load(sessionId);
    const reason = refusalReason(state, userId);
    if (reason !== null) throw new Problem('invalid_token', { cause: reason });
    return { userId, sessionId, role: state!.role };
  }

  private async load(sessionId: string): Promise<SessionState | null> {
    const row = await this.dataSource
      .createQueryBuilder(SessionEntity, 'session')
      .innerJoin('session.user', 'user')
      .select('session.userId', 'userId')
      .addSelect('session.expiresAt', 'expiresAt')
      .addSelect('user.role', 'role')
      .addSelect('user.banned', 'banned')
      .addSelect('user.banExpires', 'banExpires')
      .where('session.id = :sessionId', { sessionId })
      .getRawOne<SessionState>();
    return row ?? null;
  }
}

/** Why the state gives no access, for the log; `null` when it does. */
function refusalReason(state: SessionState | null, userId: string): string | null {
  if (!state) return 'session has ended';
  if (state.userId !== userId) return 'session belongs to another user';
  if (state.expiresAt.getTime() <= Date.now()) return 'session has expired';
  const banned = state.banned && (!state.banExpires || state.banExpires.getTime() > Date.now());
  return banned ? 'user is banned' : null;
}
