import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import type { Ban, ListUsers, UserPage } from './admin-users.schemas';
import { cursorBehind, matchingUsers, onePage } from './user-list.query';
import type { Role } from '../../auth-server/contract';
import type { Principal } from '../auth/principal';
import { toUser } from '../auth/user.mapper';
import type { User } from '../auth/user.schemas';
import { toCursor } from '../common/cursor';
import { Problem } from '../common/problem';
import { SessionEntity } from '../database/session.entity';
import { UserEntity } from '../database/user.entity';
import {
  assertOtherAdministrator,
  endImpersonations,
  lockAdministrators,
} from '../users/administrators';

@Injectable()
export class AdminUsersService {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  async listUsers(query: ListUsers): Promise<UserPage> {
    const matching = matchingUsers(this.dataSource.manager, query);
    const total = query.include === 'total' ? await matching.clone().getCount() : undefined;
    const rows = await onePage(matching, query).getMany();
    const items = rows.slice(0, query.limit);
    const last = items.at(-1);
    return {
      items: items.map((row) => toUser(row)),
      nextCursor:
        last && rows.length > query.limit ? toCursor(cursorBehind(last, query.sort)) : null,
      ...(total !== undefined && { total }),
    };
  }

  /** @throws {Problem} `not_found`, `last_admin` */
  setRole(id: string, role: Role): Promise<User> {
    return this.change(id, async (row, manager) => {
      if (role !== 'admin') {
        await assertOtherAdministrator(row, manager);
        await endImpersonations(id, manager);
      }
      row.role = role;
    });
  }

  /**
   * Bans a user and ends all their sessions in one transaction.
   *
   * @throws {Problem} `not_found`, `cannot_ban_self`, `last_admin`
   */
  ban(principal: Principal, id: string, { reason, expiresAt }: Ban): Promise<User> {
    if (principal.userId === id) throw new Problem('cannot_ban_self');
    return this.change(id, async (row, manager) => {
      await assertOtherAdministrator(row, manager);
      row.banned = true;
      row.banReason = reason ?? null;
      row.banExpires = expiresAt === undefined ? null : new Date(expiresAt);
      await endImpersonations(id, manager);
      await manager.delete(SessionEntity, { userId: id });
    });
  }

  /** @throws {Problem} `not_found` */
  unban(id: string): Promise<User> {
    return this.change(id, (row) => {
      row.banned = false;
      row.banReason = null;
      row.banExpires = null;
    });
  }

  /** Changes one user while nobody else can change who administers. */
  private change(
    id: string,
    apply: (row: UserEntity, manager: EntityManager) => Promise<void> | void,
  ): Promise<User> {
    return this.dataSource.transaction(async (manager) => {
      await lockAdministrators(manager);
      const row = await manager.findOne(UserEntity, {
        where: { id },
        lock: { mode: 'pessimistic_write' },
      });
      if (!row) throw new Problem('not_found', { detail: 'There is no such user.' });
      await apply(row, manager);
      row.updatedAt = new Date();
      return toUser(await manager.save(row));
    });
  }
}
