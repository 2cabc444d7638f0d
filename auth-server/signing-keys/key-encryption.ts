import { symmetricDecrypt } from 'better-auth/crypto';
import type { Pool } from 'pg';
import { type CipherKey, encryptStored, isCurrent, type Renewal } from '../common/secrets';

interface StoredKey {
  id: string;
  privateKey: string;
}

const SELECT_KEYS = 'SELECT id, private_key AS "privateKey" FROM jwks';
const REPLACE = 'UPDATE jwks SET private_key = $2 WHERE id = $1 AND private_key = $3';

/**
 * Encrypts the private keys of all signing keys with the current secret. A key that is encrypted
 * with it already stays: each change of the table makes all processes read the keys again.
 */
export async function renewKeys(pool: Pool, key: CipherKey): Promise<Renewal> {
  const renewal: Renewal = { renewed: 0, unreadable: 0 };
  const { rows } = await pool.query<StoredKey>(SELECT_KEYS);
  for (const { id, privateKey } of rows) {
    const renewed = await renew(privateKey, key);
    if (renewed === null) renewal.unreadable += 1;
    else if (renewed === privateKey) renewal.renewed += 1;
    else renewal.renewed += (await pool.query(REPLACE, [id, renewed, privateKey])).rowCount ?? 0;
  }
  return renewal;
}

/** @returns the same text when it is current, `null` when the secret of the private key is missing. */
async function renew(privateKey: string, key: CipherKey): Promise<string | null> {
  try {
    const encrypted = JSON.parse(privateKey) as string;
    const data = await symmetricDecrypt({ key, data: encrypted });
    if (isCurrent(encrypted, key)) return privateKey;
    return JSON.stringify(await encryptStored(data, key));
  } catch {
    return null;
  }
}
