import type { BetterAuthPlugin } from 'better-auth';
import type { Pool } from 'pg';
import { basisOfRequest } from '../common/basis';
import type { Adapter } from '../common/hook-types';
import { type CipherKey, toStoredText } from '../common/secrets';

/** Refused when the credentials have changed since the request began. */
const REPLACE = `
  UPDATE two_factor SET backup_codes = $2
   WHERE id = $1 AND gatehouse_begin_credential(user_id, $3)`;

/**
 * The plugin checks the password and replaces the recovery codes later. A new password that is set
 * in between refuses the codes: a person with the former password does not get valid ones.
 */
export function checkNewRecoveryCodes(pool: Pool, key: CipherKey) {
  return {
    id: 'gatehouse-new-recovery-codes',
    init: ({ adapter }) => {
      const { update } = adapter;
      adapter.update = async (input: Parameters<Adapter['update']>[0]) => {
        if (!replacesCodesAlone(input)) return update(input);
        const [{ value: id } = { value: null }] = input.where;
        const codes = toStoredText(String(input.update.backupCodes), key);
        await pool.query(REPLACE, [id, codes, basisOfRequest()]);
        return null;
      };
    },
  } satisfies BetterAuthPlugin;
}

/** A factor that is not verified is replaced with its secret. */
function replacesCodesAlone({ model, update }: Parameters<Adapter['update']>[0]): boolean {
  return model === 'twoFactor' && Object.keys(update).join() === 'backupCodes';
}
