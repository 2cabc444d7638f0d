import { Injectable, Logger } from '@nestjs/common';
import { NOTICES_PATH } from '../../../contract';
import { toReason } from '../../../runtime/fault-state';
import type { Actor } from '../../auth/principal/current-actor.decorator';
import { untilAnswerIsDue } from '../../common/answer-time';
import { AuthService } from '../../auth-proxy/auth.service';

/** A change of an account of which the auth server informs the owner. */
type OwnerNotice =
  | { event: 'two_factor_removed' | 'sign_in_methods_removed'; userId: string }
  | { event: 'email_changed'; userId: string; formerEmail: string; wasVerified: boolean };

/** Requests notices to owners of accounts from the auth server, which sends all mails. */
@Injectable()
export class OwnerNoticesService {
  private readonly logger = new Logger('OwnerNotices');

  constructor(private readonly auth: AuthService) {}

  /**
   * The change is already committed. A failed notice does not undo it, and a client that leaves does
   * not prevent it. The response does not wait for a notice that takes long.
   */
  async send(actor: Actor, notice: OwnerNotice): Promise<void> {
    const call = { path: NOTICES_PATH, body: notice, isOwed: true };
    await untilAnswerIsDue(() =>
      this.auth.actAs(actor, call).catch((error: unknown) => {
        this.logger.warn(`no notice of ${notice.event} is sent to the owner: ${toReason(error)}`);
      }),
    );
  }
}
