import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import type { Actor } from '../auth/principal/current-actor.decorator';
import { SessionAccess } from '../auth/live-access/session-access';
import { RolesGuard } from '../auth/roles.guard';
import { ScopesGuard } from '../auth/scopes.guard';
import { Shares } from '../../runtime/database/shares';

/** Who changes something, and which user it is about. */
interface Change {
  actor: Actor;
  userId?: string;
}

type Work<T> = (manager: EntityManager) => Promise<T>;

const LOCK_USER = 'SELECT FROM "user" WHERE id = $1 FOR NO KEY UPDATE';

/**
 * Transactions of a caller whose access can end while the request waits for a lock, for example of
 * an administrator who is demoted. The guard has checked the access when the request began. It is
 * checked again after the changes, before the commit.
 *
 * The check takes no lock. With a lock, requests of an administrator would delay the statement that
 * demotes this administrator, and administrators who change each other would deadlock. A change of
 * access that commits between the check and the commit therefore counts as later than the request.
 */
@Injectable()
export class ActorTransactions {
  /** They lock the same row: the others of a user wait without a connection. */
  private readonly ownChanges = new Shares(1);

  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly access: SessionAccess,
    private readonly roles: RolesGuard,
    private readonly scopes: ScopesGuard,
  ) {}

  /**
   * A change of the callers themselves can end their own access. It is checked first, and their
   * row is locked.
   * @throws {Problem} `invalid_token`, `forbidden`, `insufficient_scope`, `user_required`: the access
   *   has ended. @throws {ShareError}
   */
  run<T>({ actor, userId }: Change, work: Work<T>): Promise<T> {
    if (userId !== undefined && userId === actor.principal.userId) {
      return this.ownChanges.run(userId, () => this.changeOwn({ actor, userId }, work));
    }
    return this.dataSource.transaction(async (manager) => {
      const result = await work(manager);
      await this.assertInForce(manager, actor);
      return result;
    });
  }

  private changeOwn<T>({ actor, userId }: Change, work: Work<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query(LOCK_USER, [userId]);
      // In a separate statement: its snapshot must be newer than the lock.
      await this.assertInForce(manager, actor);
      return work(manager);
    });
  }

  /** Session, user, role, client, grant and scopes, by one statement: as the guards have judged them. */
  private async assertInForce(manager: EntityManager, actor: Actor): Promise<void> {
    const { accessToken, route } = actor;
    const current = await this.access.judgeAgain(accessToken, ({ text, values }) =>
      manager.query(text, values),
    );
    this.roles.judge(current, route);
    this.scopes.judge(current, route);
  }
}
