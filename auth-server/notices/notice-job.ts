import type { Pool } from 'pg';
import { composeNotice, type RequestedNotice } from './requested-notices';
import type { UserContact } from '../common/user-contact';
import type { Mailer } from '../mail/mailer';
import { transactionsOf } from '../../runtime/jobs/cleanup';
import type { Job } from '../../runtime/jobs/jobs';

/** The request of the API for a younger notice can still arrive. */
const TAKE = `
  SELECT n.id, n.notice, u.name, u.email, u.email_verified AS "emailVerified"
    FROM owner_notice n LEFT JOIN "user" u ON u.id = n.notice ->> 'userId'
   WHERE n.created_at < now() - interval '15 s'
   ORDER BY n.created_at LIMIT 1 FOR UPDATE OF n SKIP LOCKED`;

const REMOVE = 'DELETE FROM owner_notice WHERE id = $1';

/** `email` is `null` when the user is deleted. */
interface Row extends Omit<UserContact, 'email'> {
  id: string;
  notice: RequestedNotice;
  email: string | null;
}

/** Sends the notices that the API could not request, each at least once. */
export function createNoticeJob({ pool, mailer }: { pool: Pool; mailer: Mailer }): Job {
  const inTransaction = transactionsOf(pool);
  const sendOne = () =>
    inTransaction(async (run) => {
      const { rows } = await run(TAKE, []);
      const row = rows[0] as Row | undefined;
      if (!row) return false;
      const { id, notice, email, ...user } = row;
      if (email !== null) await mailer.send(composeNotice({ ...user, email }, notice));
      await run(REMOVE, [id]);
      return true;
    });
  return {
    name: 'owner-notices',
    intervalMs: 5_000,
    run: async (signal) => {
      let count = 0;
      while (!signal.aborted && (await sendOne())) count += 1;
      return count;
    },
  };
}
