import type { BetterAuthPlugin } from 'better-auth';
import { repeatOnConflict } from '../../runtime/database/repeated-transaction';

/**
 * Repeats a transaction of Better-Auth that PostgreSQL rolled back because of another one. Its
 * work ends before mails and cookies: Better-Auth queues what follows until the commit, and empties
 * the queue at the beginning of a transaction.
 */
export const repeatedTransactions = {
  id: 'repeated-transactions',
  init: ({ adapter }) => {
    const { transaction } = adapter;
    adapter.transaction = (work) => repeatOnConflict(() => transaction(work));
  },
} satisfies BetterAuthPlugin;
