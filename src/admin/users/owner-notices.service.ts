import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { NOTICES_PATH } from '../../../contract';
import { toReason } from '../../../runtime/fault-state';
import type { Actor } from '../../auth/principal/current-actor.decorator';
import { untilAnswerIsDue } from '../../common/answer-time';
import { AuthService } from '../../auth-proxy/auth.service';

/** A change of an account of which the auth server informs the owner. */
type OwnerNotice =
  | { event: 'two_factor_removed' | 'sign_in_methods_removed'; userId: string }
  | { event: 'email_changed'; userId: string; formerEmail: string; wasVerified: boolean };

/** A notice that is written with the change. */
export type KeptNotice = OwnerNotice & { noticeId: string };

const KEEP = 'INSERT INTO owner_notice (id, notice) VALUES ($1, $2)';

/** Requests notices to owners of accounts from the auth server, which sends all mails. */
@Injectable()
export class OwnerNoticesService {
  private readonly logger = new Logger('OwnerNotices');

  constructor(private readonly auth: AuthService) {}

  /** Writes it in the transaction of the change: without the change there is no notice. */
  async keep(manager: EntityManager, notice: OwnerNotice): Promise<KeptNotice> {
    const noticeId = randomUUID();
    await manager.query(KEEP, [noticeId, notice]);
    return { ...notice, noticeId };
  }

  /**
   * The change is already committed. The auth server sends the notice later when this request
   * fails. The response does not wait for a notice that takes long.
   */
  async send(actor: Actor, notice: KeptNotice): Promise<void> {
    const call = { path: NOTICES_PATH, body: notice, isOwed: true };
    await untilAnswerIsDue(() =>
      this.auth.actAs(actor, call).catch((error: unknown) => {
        this.logger.warn(`the notice of ${notice.event} is sent later: ${toReason(error)}`);
      }),
    );
  }
}
