import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { UpdateProfile } from './users.schemas';
import type { Acting } from '../auth/principal/acting';
import type { UserPrincipal } from '../auth/principal/principal';
import { assertScope } from '../auth/scopes.guard';
import { toUser } from '../auth/user.mapper';
import type { User } from '../auth/user.schemas';
import { copyUser, recordUserChange } from '../audit/user-change';
import { assertMatches, toEntityTag } from '../http/entity-tag';
import { Problem } from '../common/problems/problem';
import { UserEntity } from '../database/entities/user.entity';

@Injectable()
export class UsersService {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** @throws {Problem} `not_found` */
  async getUser(id: string): Promise<User> {
    const row = await this.dataSource.manager.findOneBy(UserEntity, { id });
    if (!row) throw new Problem('not_found', { detail: 'There is no such user.' });
    return toUser(row);
  }

  /** @throws {Problem} as {@link orGone} */
  getOwnUser({ userId }: UserPrincipal): Promise<User> {
    return orGone(this.getUser(userId));
  }

  /**
   * A user as another caller may see them: themselves, or an administrator anyone, by way of
   * a program only where it may read users.
   *
   * @throws {Problem} `forbidden`, `insufficient_scope` for everyone else, whether the user
   *   exists or not.
   */
  async getUserFor(principal: UserPrincipal, id: string): Promise<User> {
    if (principal.userId === id) return this.getUser(id);
    if (principal.role !== 'admin') throw new Problem('forbidden');
    assertScope(principal, 'users:read');
    return this.getUser(id);
  }

  /**
   * Changes the caller's own profile.
   *
   * @param acting.principal whose profile it is.
   * @param ifMatch refuses the change when the profile is no longer what the caller read;
   *   the row is locked meanwhile, so of two such changes at once one is refused.
   * @throws {Problem} `precondition_failed`; `invalid_token` when they are gone
   */
  async updateProfile(
    acting: Acting,
    { change, ifMatch }: { change: UpdateProfile; ifMatch?: string },
  ): Promise<User> {
    return this.dataSource.transaction(async (manager) => {
      const row = await manager.findOne(UserEntity, {
        where: { id: acting.principal.userId },
        lock: { mode: 'pessimistic_write' },
      });
      if (!row) throw new Problem('invalid_token', { cause: 'the user is gone' });
      assertMatches(ifMatch, toEntityTag(toUser(row)));
      const before = copyUser(row);
      Object.assign(row, change, { updatedAt: new Date() });
      await recordUserChange(manager, { acting, before, after: row });
      return toUser(await manager.save(row));
    });
  }
}

/**
 * For what users do with their own account: whoever was deleted after the guard has looked
 * is not missing at the address, but has a token that is not good any more.
 *
 * @throws {Problem} `invalid_token` instead of `not_found`.
 */
export async function orGone<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    const isGone = error instanceof Problem && error.code === 'not_found';
    throw isGone ? new Problem('invalid_token', { cause: error }) : error;
  }
}
