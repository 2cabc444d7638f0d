import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { Readable } from 'node:stream';
import type { Account, UpdateProfile } from './me.schemas';
import { toOwnUser } from '../client-user';
import { answerFromKnown, type ProfileAnswer, toProfileAnswer } from './own-profile';
import { exportFromFeatures } from './feature-export';
import { listGrants, readClientTokens } from './grants.reader';
import { listPasskeys, readSecondFactor } from './second-factor.reader';
import { deleteUser } from '../user-deletion';
import { type ExportHead, toExportStream } from './user-export';
import { toUser } from '../user.mapper';
import type { User } from '../user.schemas';
import { UsersService } from '../users.service';
import type { UserActor } from '../../auth/principal/current-actor.decorator';
import { isDirect } from '../../auth/principal/direct-sign-in';
import type { UserPrincipal } from '../../auth/principal/principal';
import { copyUser, recordUserChange } from '../../audit/user-change';
import { Problem } from '../../common/problems/problem';
import { assertPreconditions } from '../../http/entity-tag';
import type { Preconditions } from '../../http/request/preconditions';
import { ActorTransactions } from '../actor-transactions';
import { SessionsService } from '../sessions.service';
import { recordAuditEvent } from '../../audit/audit-trail';
import { readOwnAuditEvents } from '../../audit/own-audit-events';
import { UserEntity } from '../../database/entities/user.entity';
import { AccountEntity } from '../../database/entities/account.entity';

/** Shows, exports and deletes the data of a user. */
@Injectable()
export class MeService {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly transactions: ActorTransactions,
  ) {}

  /**
   * The own account of the caller: from memory when live access knows it, which costs no query,
   * else from the database. @throws {Problem} as {@link asInvalidToken}
   */
  getOwnProfile(principal: UserPrincipal): ProfileAnswer | Promise<ProfileAnswer> {
    const { profile } = principal;
    if (profile && isDirect(principal)) return answerFromKnown(profile);
    const user = profile ? Promise.resolve(toUser(profile)) : this.getOwnUser(principal);
    return user.then((known) => toProfileAnswer(toOwnUser(known, principal)));
  }

  /** @throws {Problem} as {@link asInvalidToken} */
  getOwnUser({ userId }: UserPrincipal): Promise<User> {
    return asInvalidToken(this.users.getUser(userId));
  }

  /**
   * Changes the profile of the caller.
   * @param actor.principal the caller.
   * @param preconditions are checked under the lock of the row, so one of two parallel changes with
   * the same `If-Match` is refused.
   * @throws {Problem} `precondition_failed`; as {@link ActorTransactions.run}
   */
  async updateProfile(
    actor: UserActor,
    { change, preconditions }: { change: UpdateProfile; preconditions: Preconditions },
  ): Promise<User> {
    const { userId } = actor.principal;
    return this.transactions.run({ actor, userId }, async (manager) => {
      const row = await manager.findOne(UserEntity, {
        where: { id: userId },
        lock: { mode: 'for_no_key_update' },
      });
      if (!row) throw new Problem('invalid_token', { cause: 'the user was deleted' });
      assertPreconditions(preconditions, toUser(row));
      const before = copyUser(row);
      Object.assign(row, change, { updatedAt: new Date() });
      await recordUserChange(manager, { actor, before, after: row });
      return toUser(await manager.save(row));
    });
  }

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

  /** The export is recorded as an event and contains this event as the newest. */
  async exportUser(actor: UserActor): Promise<Readable> {
    const { userId, sessionId } = actor.principal;
    const { manager } = this.dataSource;
    const subject = { type: 'user', id: userId } as const;
    await this.transactions.run({ actor, userId }, (own) =>
      recordAuditEvent(own, { action: 'user.exported', actor, subject }),
    );
    const head: ExportHead = {
      exportedAt: new Date().toISOString(),
      user: await this.getOwnUser(actor.principal),
      accounts: await this.listAccounts(userId),
      secondFactor: await readSecondFactor(manager, userId),
      passkeys: await listPasskeys(manager, userId),
      sessions: await this.sessions.listStoredSessions(userId, sessionId),
      grants: await listGrants(manager, userId),
      features: await exportFromFeatures(manager, userId),
    };
    return toExportStream(head, {
      clientTokens: readClientTokens(manager, userId),
      auditEvents: readOwnAuditEvents(manager, userId),
    });
  }

  /** @throws {Problem} `last_admin`, `precondition_failed`, or as {@link asInvalidToken} */
  async deleteOwnUser(actor: UserActor, preconditions: Preconditions): Promise<void> {
    const { userId: id } = actor.principal;
    await asInvalidToken(
      this.transactions.run({ actor, userId: id }, (manager) =>
        deleteUser({ id, actor, preconditions }, manager),
      ),
    );
  }
}

/**
 * For operations of users on their own account. A user who is deleted after the guard has
 * run has an invalid token; the URL itself exists.
 *
 * @throws {Problem} `invalid_token` instead of `not_found`.
 */
async function asInvalidToken<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    const isDeleted = error instanceof Problem && error.code === 'not_found';
    throw isDeleted ? new Problem('invalid_token', { cause: error }) : error;
  }
}
