import type { BetterAuthPlugin } from 'better-auth';
import { inTransaction } from '../common/database';
import { takeEmailConflict } from '../common/request-context';
import { repeatOnConflict } from '../../runtime/database/repeated-transaction';

/**
 * Repeats a transaction of Better-Auth that PostgreSQL rolled back because of another one. Its
 * work ends before mails and cookies: Better-Auth queues what follows until the commit, and empties
 * the queue at the beginning of a transaction.
 *
 * A sign-up whose e-mail address another sign-up takes at the same time is repeated too. It then
 * finds the user, and its answer is that of every sign-up with a taken address. Otherwise two
 * sign-ups at once would tell whether an address was free. The repetition computes no second hash
 * (`password/options.ts`).
 */
export const repeatedTransactions = {
  id: 'repeated-transactions',
  init: ({ adapter }) => {
    const { transaction } = adapter;
    adapter.transaction = async (work) => {
      const transact = () => repeatOnConflict(() => inTransaction(() => transaction(work)));
      return transact().catch((error: unknown) => {
        if (!takeEmailConflict()) throw error;
        return transact();
      });
    };
  },
} satisfies BetterAuthPlugin;
