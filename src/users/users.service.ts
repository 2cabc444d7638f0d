import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { UserPrincipal } from '../auth/principal/principal';
import { assertScope } from '../auth/scopes.guard';
import { toOwnUser } from './client-user';
import { toUser } from './user.mapper';
import type { OwnUser, User } from './user.schemas';
import { noSuchUser } from '../common/problems/no-such-user';
import { Problem } from '../common/problems/problem';
import { UserEntity } from '../database/entities/user.entity';

@Injectable()
export class UsersService {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** @throws {Problem} `not_found` */
  async getUser(id: string): Promise<User> {
    const row = await this.dataSource.manager.findOneBy(UserEntity, { id });
    if (!row) throw noSuchUser();
    return toUser(row);
  }

  /**
   * A user for a caller: users read themselves, administrators read anyone. A client that acts
   * for a user gets the fields of its scopes, and other users only with `users:read`.
   *
   * @throws {Problem} `forbidden`, `insufficient_scope` for everyone else, whether the user
   *   exists or not.
   */
  async getUserFor(principal: UserPrincipal, id: string): Promise<OwnUser> {
    if (principal.userId === id) return toOwnUser(await this.getUser(id), principal);
    if (principal.role !== 'admin') throw new Problem('forbidden');
    assertScope(principal, 'users:read');
    return this.getUser(id);
  }
}
