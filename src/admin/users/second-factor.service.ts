import { Injectable } from '@nestjs/common';
import { OwnerNoticesService } from './owner-notices.service';
import { recordAuditEvent } from '../../audit/audit-trail';
import type { UserActor } from '../../auth/principal/current-actor.decorator';
import { Problem } from '../../common/problems/problem';
import { SessionEntity } from '../../database/entities/session.entity';
import { TwoFactorEntity } from '../../database/entities/two-factor.entity';
import { UserEntity } from '../../database/entities/user.entity';
import type { Preconditions } from '../../http/request/preconditions';
import { ActorTransactions } from '../../users/actor-transactions';
import { lockUser } from '../../users/user-lock';
import { deleteProofs } from '../../users/user-proofs';

/** Removes the second factor of a user who has lost it. */
@Injectable()
export class SecondFactorService {
  constructor(
    private readonly transactions: ActorTransactions,
    private readonly notices: OwnerNoticesService,
  ) {}

  /**
   * Removes the second factor with its trusted devices, started sign-ins and sessions, and informs
   * the owner. Without a second factor nothing changes; an enrolment without its first code is none.
   * @throws {Problem} `forbidden` for the caller's own second factor: a stolen session must not
   * remove it; as {@link lockUser}
   */
  async remove(
    actor: UserActor,
    { id: userId, preconditions }: { id: string; preconditions: Preconditions },
  ): Promise<void> {
    if (actor.principal.userId === userId) {
      throw new Problem('forbidden', { detail: 'Switch your own off with your password.' });
    }
    const notice = await this.transactions.run({ actor }, async (manager) => {
      // All changes of a second factor lock the user first.
      const user = await lockUser(manager, { id: userId, actor, preconditions });
      if (!user.twoFactorEnabled) return null;
      await manager.delete(TwoFactorEntity, { userId });
      await recordAuditEvent(manager, {
        action: 'two_factor.disabled',
        actor,
        subject: { type: 'user', id: userId },
      });
      await manager.update(
        UserEntity,
        { id: userId },
        { twoFactorEnabled: false, updatedAt: new Date() },
      );
      await deleteProofs(manager, { userId, kinds: ['trusted_device', 'second_step'] });
      await manager.delete(SessionEntity, { userId });
      return this.notices.keep(manager, { event: 'two_factor_removed', userId });
    });
    if (notice) await this.notices.send(actor, notice);
  }
}
