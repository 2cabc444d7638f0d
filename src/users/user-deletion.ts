import type { EntityManager } from 'typeorm';
import { recordAuditEvent } from '../audit/audit-trail';
import { lockUser, type UserToChange } from './user-lock';
import { UserEntity } from '../database/entities/user.entity';

/**
 * Deletes a user and all rows of the user, in the transaction of the caller: sessions and accounts
 * by cascade, proofs and refresh tokens by triggers. Of the tokens, at most 12,000; a job of the auth
 * server deletes the others.
 * @throws {Problem} `last_admin`, or as {@link lockUser}
 */
export async function deleteUser(
  { id, actor, preconditions }: UserToChange,
  manager: EntityManager,
): Promise<void> {
  const row = await lockUser(manager, { id, actor, preconditions });
  const subject = { type: 'user', id } as const;
  await recordAuditEvent(manager, {
    action: 'user.deleted',
    actor,
    subject,
    before: { role: row.role },
  });
  await manager.delete(UserEntity, { id });
}
