import type { EntityManager } from 'typeorm';
import type { Actor } from '../auth/principal/current-actor.decorator';
import { assertMayChangeAdministrators, isDirect } from '../auth/principal/direct-sign-in';
import { noSuchUser } from '../common/problems/no-such-user';
import { UserEntity } from '../database/entities/user.entity';
import { assertPreconditions } from '../http/entity-tag';
import type { Preconditions } from '../http/request/preconditions';
import { toUser } from './user.mapper';

/** A user, and the caller who changes it. */
export interface UserToChange {
  id: string;
  actor: Actor;
  /** The state of the user for which the change is meant. */
  preconditions?: Preconditions;
}

/**
 * Locks the row of a user for a change, until the end of the transaction. The role that is checked
 * is the role of the locked row: a user who has become an administrator is not changed.
 *
 * @throws {Problem} `not_found`; `user_required` for an administrator, unless the caller signed in
 *   directly; `precondition_failed`.
 */
export async function lockUser(
  manager: EntityManager,
  { id, actor, preconditions = {} }: UserToChange,
): Promise<UserEntity> {
  const row = await manager.findOne(UserEntity, {
    where: { id },
    lock: { mode: 'pessimistic_write' },
  });
  if (!row) throw noSuchUser();
  if (row.role === 'admin') assertMayChangeAdministrators(actor.principal);
  assertPreconditions(preconditions, toUser(row));
  return row;
}

/**
 * The same for a change of other rows of the user, such as sessions. A caller who signed in
 * directly needs no lock, because the role of the user does not matter.
 *
 * @throws {Problem} as {@link lockUser}
 */
export async function assertMayChange(
  manager: EntityManager,
  { id, actor }: UserToChange,
): Promise<void> {
  if (!isDirect(actor.principal)) await lockUser(manager, { id, actor });
}
