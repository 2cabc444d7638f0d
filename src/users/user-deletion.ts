import type { EntityManager } from 'typeorm';
import { recordAuditEvent } from '../audit/audit-trail';
import { lockUser, type UserToChange } from './user-lock';
import { UserEntity } from '../database/entities/user.entity';
import { VerificationEntity } from '../database/entities/verification.entity';

/**
 * Deletes a user and every row that is theirs, within the caller's transaction: sessions
 * and accounts by cascade, open verifications by what they are about.
 *
 * @throws {Problem} `last_admin`, or as {@link lockUser}
 */
export async function deleteUser(
  { id, acting }: UserToChange,
  manager: EntityManager,
): Promise<void> {
  const row = await lockUser(manager, { id, acting });
  const subject = { type: 'user', id } as const;
  await recordAuditEvent(manager, {
    action: 'user.deleted',
    acting,
    subject,
    before: { role: row.role },
  });
  // Better-Auth notes the user's id as value, or the address at the end of the identifier.
  await manager
    .createQueryBuilder()
    .delete()
    .from(VerificationEntity)
    .where('value = :id OR identifier = :email OR identifier LIKE :ending', {
      id,
      email: row.email,
      ending: `%-${row.email.replace(/[\\%_]/g, '\\$&')}`,
    })
    .execute();
  await manager.delete(UserEntity, { id });
}
