import { symmetricDecrypt } from 'better-auth/crypto';
import type { Pool } from 'pg';
import { type CipherKey, encryptStored, isCurrent, type Renewal } from '../common/secrets';

const SELECT = `SELECT id, "authorization" FROM event_stream WHERE "authorization" IS NOT NULL`;

const REPLACE = `
  UPDATE event_stream SET "authorization" = $2 WHERE id = $1 AND "authorization" = $3`;

/**
 * Encrypts the `Authorization` headers of all streams with the current secret, except those that are
 * encrypted with it already.
 */
export async function renewAuthorizations(pool: Pool, key: CipherKey): Promise<Renewal> {
  const renewal: Renewal = { renewed: 0, unreadable: 0 };
  const { rows } = await pool.query<{ id: string; authorization: string }>(SELECT);
  for (const { id, authorization } of rows) {
    const data = await symmetricDecrypt({ key, data: authorization }).catch(() => null);
    if (data === null) {
      renewal.unreadable += 1;
      continue;
    }
    if (isCurrent(authorization, key)) {
      renewal.renewed += 1;
      continue;
    }
    const values = [id, await encryptStored(data, key), authorization];
    renewal.renewed += (await pool.query(REPLACE, values)).rowCount ?? 0;
  }
  return renewal;
}
