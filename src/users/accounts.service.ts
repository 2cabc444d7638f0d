import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Account, UserExport } from './accounts.schemas';
import { listClientTokens, listGrants } from './grants.reader';
import { listPasskeys, readSecondFactor } from './second-factor.reader';
import { deleteUser } from './user-deletion';
import { orGone, UsersService } from './users.service';
import type { ActingAsUser } from '../auth/principal/acting';
import { SessionsService } from '../auth/sessions.service';
import { recordAuditEvent } from '../audit/audit-trail';
import { listOwnAuditEvents } from '../audit/own-audit-events';
import { AccountEntity } from '../database/entities/account.entity';

/** What is held about a user, as a whole: shown, handed over, deleted. */
@Injectable()
export class AccountsService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
  ) {}

  async listAccounts(userId: string): Promise<Account[]> {
    const rows = await this.dataSource.manager.find(AccountEntity, {
      where: { userId },
      order: { createdAt: 'ASC', id: 'ASC' },
    });
    return rows.map(({ id, providerId, accountId, createdAt }) => ({
      id,
      providerId,
      accountId,
      createdAt: createdAt.toISOString(),
    }));
  }

  /** The export is an event itself, and the newest one in it. */
  async exportUser(acting: ActingAsUser): Promise<UserExport> {
    const { userId, sessionId } = acting.principal;
    const { manager } = this.dataSource;
    const subject = { type: 'user', id: userId } as const;
    await recordAuditEvent(manager, { action: 'user.exported', acting, subject });
    return {
      exportedAt: new Date().toISOString(),
      user: await this.users.getOwnUser(acting.principal),
      accounts: await this.listAccounts(userId),
      secondFactor: await readSecondFactor(manager, userId),
      passkeys: await listPasskeys(manager, userId),
      sessions: await this.sessions.listSessions(userId, sessionId),
      grants: await listGrants(manager, userId),
      clientTokens: await listClientTokens(manager, userId),
      auditEvents: await listOwnAuditEvents(manager, userId),
    };
  }

  /** @throws {Problem} `last_admin`, or as {@link orGone} */
  async deleteOwnUser(acting: ActingAsUser): Promise<void> {
    const { userId: id } = acting.principal;
    await orGone(this.dataSource.transaction((manager) => deleteUser({ id, acting }, manager)));
  }
}
