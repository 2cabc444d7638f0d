import { symmetricDecrypt } from 'better-auth/crypto';
import type { Pool } from 'pg';
import { type CipherKey, encryptStored, isCurrent, type Renewal } from '../common/secrets';

interface StoredFactor {
  id: string;
  secret: string;
  backupCodes: string;
}

/** The page of rows that one statement reads. */
const PAGE = 500;

const SELECT_PAGE = `
  SELECT id, secret, backup_codes AS "backupCodes" FROM two_factor
   WHERE id > $1 ORDER BY id LIMIT ${PAGE}`;

/** A recovery code that is used between read and write stays used: the row has changed then. */
const REPLACE = `
  UPDATE two_factor SET secret = $2, backup_codes = $3
   WHERE id = $1 AND secret = $4 AND backup_codes = $5`;

/** Whether TOTP secret and recovery codes can be decrypted: their version may be missing. */
export async function isReadable(
  { secret, backupCodes }: Omit<StoredFactor, 'id'>,
  key: CipherKey,
): Promise<boolean> {
  try {
    for (const data of [secret, backupCodes]) await symmetricDecrypt({ key, data });
    return true;
  } catch {
    return false;
  }
}

/**
 * Encrypts all TOTP secrets and recovery codes with the current secret. A row that is encrypted with
 * it already stays: another secret is a change of the credentials for the triggers of the table.
 */
export async function renewFactors(pool: Pool, key: CipherKey): Promise<Renewal> {
  const renewal: Renewal = { renewed: 0, unreadable: 0 };
  let after = '';
  for (;;) {
    const { rows } = await pool.query<StoredFactor>(SELECT_PAGE, [after]);
    for (const row of rows) {
      if (!(await isReadable(row, key))) renewal.unreadable += 1;
      else if (isRenewed(row, key)) renewal.renewed += 1;
      else if (await replace(pool, { row, key })) renewal.renewed += 1;
    }
    if (rows.length < PAGE) return renewal;
    after = rows.at(-1)!.id;
  }
}

function isRenewed({ secret, backupCodes }: StoredFactor, key: CipherKey): boolean {
  return isCurrent(secret, key) && isCurrent(backupCodes, key);
}

/** @returns `false` when the row has changed since: it was encrypted with the current secret. */
async function replace(
  pool: Pool,
  { row, key }: { row: StoredFactor; key: CipherKey },
): Promise<boolean> {
  const renew = async (data: string) => encryptStored(await symmetricDecrypt({ key, data }), key);
  const values = [row.id, await renew(row.secret), await renew(row.backupCodes)];
  const { rowCount } = await pool.query(REPLACE, [...values, row.secret, row.backupCodes]);
  return rowCount === 1;
}
