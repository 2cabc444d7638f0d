import type { BetterAuthPlugin } from 'better-auth';
import { APIError } from 'better-auth/api';
import type { Pool } from 'pg';
import { basisOfRequest } from '../common/basis';
import { SECOND_FACTOR_CHANGED } from '../common/errors';
import type { Adapter } from '../common/hook-types';
import { type CipherKey, toStoredText } from '../common/secrets';

/** Refused when the credentials have changed since the request began. */
const REPLACE = `
  UPDATE two_factor SET backup_codes = $2
   WHERE id = $1 AND gatehouse_begin_credential(user_id, $3)`;

/**
 * The plugin checks the password and replaces the recovery codes later. A new password that is set
 * in between refuses the codes: a person with the former password does not get valid ones. So does
 * the end of the factor, whose codes are not stored.
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
        const { rowCount } = await pool.query(REPLACE, [id, codes, basisOfRequest()]);
        if (rowCount === 0) throw new APIError('CONFLICT', { code, message });
        return null;
      };
    },
  } satisfies BetterAuthPlugin;
}

const { code, message } = SECOND_FACTOR_CHANGED;

/** A factor that is not verified is replaced with its secret. */
function replacesCodesAlone({ model, update }: Parameters<Adapter['update']>[0]): boolean {
  return model === 'twoFactor' && Object.keys(update).join() === 'backupCodes';
}
