import type { BetterAuthPlugin } from 'better-auth';
import type { Pool } from 'pg';
import { basisOfRequest } from '../common/basis';
import type { Adapter } from '../common/hook-types';
import { requestContext } from '../common/request-context';

/** Refused when another secret was stored since the code was checked, or none is left. */
const SWITCH_ON = `
  UPDATE "user" SET two_factor_enabled = true, basis = $3
   WHERE id = $1 AND gatehouse_check_second_factor($1, $2)`;

/**
 * The plugin reads the secret, checks the first code and switches the factor on later. A secret
 * that another request stores in between is not enabled: the user may not have it in the app.
 */
export function checkNewFactors(pool: Pool) {
  return {
    id: 'gatehouse-new-factors',
    init: ({ adapter }) => {
      const { update } = adapter;
      adapter.update = async (input: Parameters<Adapter['update']>[0]) => {
        const secret = requestContext.getStore()?.factorSecret;
        if (secret !== undefined && switchesOn(input)) {
          const [{ value: userId } = { value: null }] = input.where;
          await pool.query(SWITCH_ON, [userId, secret, basisOfRequest()]);
        }
        return update(input);
      };
    },
  } satisfies BetterAuthPlugin;
}

function switchesOn({ model, update }: Parameters<Adapter['update']>[0]): boolean {
  return model === 'user' && update.twoFactorEnabled === true;
}
