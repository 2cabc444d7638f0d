import type { EntityManager } from 'typeorm';
import { recordAuditEvent } from '../audit/audit-trail';
import type { Acting } from '../auth/principal/acting';
import { Problem } from '../common/problems/problem';
import { UserEntity } from '../database/entities/user.entity';
import { VerificationEntity } from '../database/entities/verification.entity';

/**
 * Deletes a user and every row that is theirs, within the caller's transaction: sessions
 * and accounts by cascade, open verifications by what they are about.
 *
 * @throws {Problem} `not_found`, `last_admin`
 */
export async function deleteUser(
  { id, acting }: { id: string; acting: Acting },
  manager: EntityManager,
): Promise<void> {
  const row = await manager.findOne(UserEntity, {
    where: { id },
    lock: { mode: 'pessimistic_write' },
  });
  if (!row) throw new Problem('not_found', { detail: 'There is no such user.' });
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
