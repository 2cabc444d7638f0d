import { changeNotices } from './change-notices';
import { requestedNotices } from './requested-notices';
import { secondFactorNotices } from './second-factor-notices';
import type { Mailer } from '../mail/mailer';

/** Everything that informs the owner of an account about a change of it. */
export function notices(mailer: Mailer) {
  return [secondFactorNotices(mailer), changeNotices(mailer), requestedNotices(mailer)];
}
