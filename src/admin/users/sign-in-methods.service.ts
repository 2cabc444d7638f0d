import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OwnerNoticesService } from './owner-notices.service';
import { type AuditRecord, recordAuditEvent } from '../../audit/audit-trail';
import type { UserActor } from '../../auth/principal/current-actor.decorator';
import { Problem } from '../../common/problems/problem';
import { AccountEntity } from '../../database/entities/account.entity';
import { PasskeyEntity } from '../../database/entities/passkey.entity';
import { SessionEntity } from '../../database/entities/session.entity';
import { TwoFactorEntity } from '../../database/entities/two-factor.entity';
import { UserEntity } from '../../database/entities/user.entity';
import type { Preconditions } from '../../http/request/preconditions';
import { ActorTransactions } from '../../users/actor-transactions';
import { lockUser } from '../../users/user-lock';
import { deleteProofs } from '../../users/user-proofs';

/** Without it, the last sign-in method is kept (migrations/1795818000000-RecoverAccounts). */
const RECOVER = `SELECT set_config('gatehouse.recovered_user', $1, true)`;

/**
 * From then on, no session begins that was decided on the former credentials, and none of them adds
 * a method. The removal of a method does the same, but there may be none.
 */
const CHANGE_CREDENTIALS = 'SELECT gatehouse_change_credentials($1, NULL)';

type Event = Pick<AuditRecord, 'action' | 'before' | 'detail'>;

/** Gives an account that another person has taken over back to its owner. */
@Injectable()
export class SignInMethodsService {
  constructor(
    private readonly transactions: ActorTransactions,
    private readonly notices: OwnerNoticesService,
  ) {}

  /**
   * Removes everything with which a user signs in, also sessions, trusted devices and open links, and
   * informs the owner. Only the mailbox of the e-mail address gives access afterwards.
   * @throws {Problem} `forbidden` for the caller's own methods: a stolen session must not remove
   * them; as {@link lockUser}
   */
  async removeAll(
    actor: UserActor,
    { id: userId, preconditions }: { id: string; preconditions: Preconditions },
  ): Promise<void> {
    if (actor.principal.userId === userId) {
      throw new Problem('forbidden', { detail: 'Set a new password by mail instead.' });
    }
    const notice = await this.transactions.run({ actor }, async (manager) => {
      // All changes of a sign-in method lock the user first.
      const user = await lockUser(manager, { id: userId, actor, preconditions });
      const subject = { type: 'user', id: userId } as const;
      for (const event of await listRemovals(manager, user)) {
        await recordAuditEvent(manager, { actor, subject, ...event });
      }
      await removeMethods(manager, userId);
      return this.notices.keep(manager, { event: 'sign_in_methods_removed', userId });
    });
    await this.notices.send(actor, notice);
  }
}

/** One event for each method, and one for the sessions. */
async function listRemovals(
  manager: EntityManager,
  { id: userId, twoFactorEnabled }: UserEntity,
): Promise<Event[]> {
  const accounts = await manager.findBy(AccountEntity, { userId });
  const passkeys = await manager.findBy(PasskeyEntity, { userId });
  const sessions = await manager.countBy(SessionEntity, { userId });
  return [
    ...accounts.map(({ providerId: provider }): Event => ({
      action: 'account.unlinked',
      detail: { provider },
    })),
    ...passkeys.map(({ id: passkeyId }): Event => ({
      action: 'passkey.removed',
      before: { passkeyId },
    })),
    ...(twoFactorEnabled ? [{ action: 'two_factor.disabled' } as const] : []),
    ...(sessions > 0 ? [{ action: 'session.all_revoked', detail: { sessions } } as const] : []),
  ];
}

async function removeMethods(manager: EntityManager, userId: string): Promise<void> {
  await manager.query(RECOVER, [userId]);
  await manager.query(CHANGE_CREDENTIALS, [userId]);
  await manager.delete(AccountEntity, { userId });
  await manager.delete(PasskeyEntity, { userId });
  await manager.delete(TwoFactorEntity, { userId });
  const change = { twoFactorEnabled: false, updatedAt: new Date() };
  await manager.update(UserEntity, { id: userId }, change);
  await deleteProofs(manager, {
    userId,
    kinds: ['password_link', 'trusted_device', 'second_step'],
  });
  await manager.delete(SessionEntity, { userId });
}
