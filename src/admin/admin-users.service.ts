import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import type { Ban } from './admin-users.schemas';
import type { Role } from '../../contract';
import { copyUser, recordUserChange } from '../audit/user-change';
import type { Acting } from '../auth/principal/acting';
import { toUser } from '../users/user.mapper';
import type { User } from '../users/user.schemas';
import { Problem } from '../common/problems/problem';
import { SessionEntity } from '../database/entities/session.entity';
import { UserEntity } from '../database/entities/user.entity';
import { assertOtherAdministrator, lockAdministrators } from '../users/administrators';

@Injectable()
export class AdminUsersService {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** @throws {Problem} `not_found`, `last_admin` */
  setRole(acting: Acting, { id, role }: { id: string; role: Role }): Promise<User> {
    return this.change({ acting, id }, async (row, manager) => {
      if (role !== 'admin') await assertOtherAdministrator(row, manager);
      row.role = role;
    });
  }

  /**
   * Bans a user and ends all their sessions in one transaction.
   *
   * @throws {Problem} `not_found`, `cannot_ban_self`, `last_admin`
   */
  ban(acting: Acting, { id, ban }: { id: string; ban: Ban }): Promise<User> {
    if (acting.principal.userId === id) throw new Problem('cannot_ban_self');
    const { reason, expiresAt } = ban;
    return this.change({ acting, id }, async (row, manager) => {
      await assertOtherAdministrator(row, manager);
      row.banned = true;
      row.banReason = reason ?? null;
      row.banExpires = expiresAt === undefined ? null : new Date(expiresAt);
      await manager.delete(SessionEntity, { userId: id });
    });
  }

  /** @throws {Problem} `not_found` */
  unban(acting: Acting, id: string): Promise<User> {
    return this.change({ acting, id }, (row) => {
      row.banned = false;
      row.banReason = null;
      row.banExpires = null;
    });
  }

  /** Changes one user while nobody else can change who administers. */
  private change(
    { acting, id }: { acting: Acting; id: string },
    apply: (row: UserEntity, manager: EntityManager) => Promise<void> | void,
  ): Promise<User> {
    return this.dataSource.transaction(async (manager) => {
      await lockAdministrators(manager);
      const row = await manager.findOne(UserEntity, {
        where: { id },
        lock: { mode: 'pessimistic_write' },
      });
      if (!row) throw new Problem('not_found', { detail: 'There is no such user.' });
      const before = copyUser(row);
      await apply(row, manager);
      await recordUserChange(manager, { acting, before, after: row });
      row.updatedAt = new Date();
      return toUser(await manager.save(row));
    });
  }
}
