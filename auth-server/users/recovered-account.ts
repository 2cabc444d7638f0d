import { getCurrentAdapter } from '@better-auth/core/context';
import type { BetterAuthPlugin } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import type { Pool } from 'pg';
import { ANONYMOUS } from '../audit/audit-facts';
import { writeAuditEvent } from '../audit/audit-writer';
import { connectionOfTransaction } from '../common/database';
import type { HookContext } from '../common/hook-types';
import { originOf } from '../common/request-origin';
import type { AuditEvent } from '../../contract';

/**
 * The link went to this address. A change of the address ends open links. A second factor stays: its
 * owner can be another person, whose account would state the address as verified.
 */
const VERIFY_EMAIL = `
  UPDATE "user" SET email_verified = true
   WHERE id = $1 AND email = $2 AND NOT email_verified AND NOT two_factor_enabled`;

/** A reset by a mailed link proves that the user reads the mails of the address. */
export async function verifyMailedAddress(
  pool: Pool,
  { id, email }: { id: string; email: string },
): Promise<void> {
  await pool.query(VERIFY_EMAIL, [id, email]);
}

const RESET_PASSWORD = '/reset-password';

/**
 * The user who resets the password of an account with an unverified address may not be the
 * person who signed up with it, and then uses the account as their own. The reset removes
 * the sessions and the password of that person; their passkey would still give access
 * ("trojan identifier": https://www.usenix.org/conference/usenixsecurity22/presentation/sudhodanan).
 * With a second factor, only its owner can sign in.
 *
 * The passkeys are removed, and this is recorded, in the transaction of the new password, after it:
 * then the database refuses a new passkey of that person. A reset that fails later than its commit
 * has removed them.
 */
export const recoveredAccounts = {
  id: 'recovered-accounts',
  hooks: {
    before: [
      {
        matcher: ({ path }) => path === RESET_PASSWORD,
        handler: createAuthMiddleware(({ context, headers }) => {
          const { internalAdapter } = context;
          const remove = (userId: string) =>
            removePasskeysOfStranger(userId, { context, origin: originOf(headers) });
          const updatePassword: Users['updatePassword'] = async (userId, hash) => {
            await internalAdapter.updatePassword(userId, hash);
            await remove(userId);
          };
          const createAccount = (async (account) => {
            const created = await internalAdapter.createAccount(account);
            await remove(account.userId);
            return created;
          }) as Users['createAccount'];
          context.internalAdapter = { ...internalAdapter, updatePassword, createAccount };
          return Promise.resolve();
        }),
      },
    ],
  },
} satisfies BetterAuthPlugin;

type Users = HookContext['context']['internalAdapter'];

interface Reset {
  context: HookContext['context'];
  origin: AuditEvent['origin'];
}

async function removePasskeysOfStranger(
  userId: string,
  { context: { adapter, internalAdapter }, origin }: Reset,
): Promise<void> {
  const user: RecoveredUser | null = await internalAdapter.findUserById(userId);
  if (!user || user.emailVerified || user.twoFactorEnabled) return;
  const transaction = await getCurrentAdapter(adapter);
  const where = [{ field: 'userId', value: userId }];
  const passkeys = await transaction.findMany<{ id: string }>({ model: 'passkey', where });
  await transaction.deleteMany({ model: 'passkey', where });
  for (const { id: passkeyId } of passkeys) {
    await writeAuditEvent(connectionOfTransaction(), {
      action: 'passkey.removed',
      actor: ANONYMOUS,
      subject: { type: 'user', id: userId },
      origin,
      before: { passkeyId },
      detail: { reason: 'email_not_verified' },
    });
  }
}

interface RecoveredUser {
  id: string;
  emailVerified: boolean;
  twoFactorEnabled?: boolean;
}
