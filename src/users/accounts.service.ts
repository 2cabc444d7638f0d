import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Account, UserExport } from './account.schemas';
import { deleteUser } from './user-deletion';
import { UsersService } from './users.service';
import type { Principal } from '../auth/principal';
import { SessionsService } from '../auth/sessions.service';
import { AccountEntity } from '../database/account.entity';

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

  async exportUser({ userId, sessionId }: Principal): Promise<UserExport> {
    return {
      exportedAt: new Date().toISOString(),
      user: await this.users.getUser(userId),
      accounts: await this.listAccounts(userId),
      sessions: await this.sessions.listSessions(userId, sessionId),
    };
  }

  /** @throws {Problem} `last_admin` */
  async deleteOwnUser({ userId }: Principal): Promise<void> {
    await this.dataSource.transaction((manager) => deleteUser(userId, manager));
  }
}
