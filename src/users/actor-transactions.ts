import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntityManager } from 'typeorm';
import type { Actor } from '../auth/principal/current-actor.decorator';
import type { UserPrincipal } from '../auth/principal/principal';
import { Problem } from '../common/problems/problem';
import { API_SETTINGS, type ApiSettings } from '../config/api-settings';
import { Shares } from '../../runtime/database/shares';

/** Who changes something, and which user it is about. */
interface Change {
  actor: Actor;
  userId?: string;
}

type Work<T> = (manager: EntityManager) => Promise<T>;

const LOCK_USER = 'SELECT FROM "user" WHERE id = $1 FOR NO KEY UPDATE';

/** A user without the session has no row. By the time of the check: the transaction can have waited. */
const FIND_ROLE = `
  SELECT u.role FROM "user" u JOIN session s ON s.user_id = u.id
   WHERE u.id = $1 AND s.id = $2 AND s.expires_at > clock_timestamp()`;

const FIND_CLIENT = 'SELECT FROM oauth_client WHERE client_id = $1 AND disabled IS NOT TRUE';

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
    @Inject(API_SETTINGS) private readonly settings: ApiSettings,
  ) {}

  /**
   * A change of the callers themselves can end their own access. It is checked first, and their
   * row is locked.
   * @throws {Problem} `invalid_token`, `forbidden` when the role has changed.
   */
  run<T>({ actor, userId }: Change, work: Work<T>): Promise<T> {
    if (userId === undefined || userId !== actor.principal.userId) {
      return this.change({ actor, isOwn: false }, work);
    }
    return this.ownChanges.run(userId, () => this.change({ actor, isOwn: true }, work));
  }

  private change<T>({ actor, isOwn }: { actor: Actor; isOwn: boolean }, work: Work<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      if (isOwn) await this.assertInForce(manager, { actor, isOwn });
      const result = await work(manager);
      if (!isOwn) await this.assertInForce(manager, { actor, isOwn });
      return result;
    });
  }

  /** With `ACCESS_CHECK=token`, the claims alone decide. */
  private async assertInForce(
    manager: EntityManager,
    { actor: { principal }, isOwn }: { actor: Actor; isOwn: boolean },
  ): Promise<void> {
    if (this.settings.accessCheck === 'token') return;
    if (principal.clientId !== null) {
      await assertFound(manager, FIND_CLIENT, [principal.clientId]);
    }
    if (principal.kind === 'user') await assertUserInForce(manager, { principal, isOwn });
  }
}

async function assertUserInForce(
  manager: EntityManager,
  { principal, isOwn }: { principal: UserPrincipal; isOwn: boolean },
): Promise<void> {
  const { userId, sessionId } = principal;
  if (isOwn) await manager.query(LOCK_USER, [userId]);
  // In a separate statement: its snapshot must be newer than the lock.
  const [user] = await manager.query<{ role: string }[]>(FIND_ROLE, [userId, sessionId]);
  if (!user) throw accessEnded();
  if (user.role !== principal.role) throw new Problem('forbidden');
}

async function assertFound(
  manager: EntityManager,
  sql: string,
  values: (string | undefined)[],
): Promise<void> {
  const rows = await manager.query<object[]>(sql, values);
  if (rows.length === 0) throw accessEnded();
}

function accessEnded(): Problem {
  return new Problem('invalid_token', { cause: 'access has ended' });
}
