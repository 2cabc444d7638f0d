import { randomBytes } from 'node:crypto';
import type { BetterAuthPlugin } from 'better-auth';
import type { Pool } from 'pg';
import { basisOfRequest } from '../common/basis';
import type { Adapter } from '../common/hook-types';

const COLUMNS = {
  id: 'text',
  user_id: 'text',
  name: 'text',
  public_key: 'text',
  credential_id: 'text',
  counter: 'integer',
  device_type: 'text',
  backed_up: 'boolean',
  transports: 'text',
  aaguid: 'text',
  created_at: 'timestamptz',
};

const VALUES = Object.values(COLUMNS).map((type, index) => `$${index + 1}::${type}`);

/** Refused when the credentials have changed since the request began. */
const INSERT = `
  INSERT INTO passkey (${Object.keys(COLUMNS).join(', ')})
  SELECT ${VALUES.join(', ')} WHERE gatehouse_begin_credential($2, $${VALUES.length + 1})`;

/**
 * The plugin checks the session and inserts the passkey later. A new password that is set in
 * between ends the session, and this insert. With `createSession`, the plugin inserts both in one
 * transaction, and the session is refused.
 */
export function checkNewPasskeys(pool: Pool) {
  return {
    id: 'gatehouse-new-passkeys',
    init: ({ adapter }) => {
      const { create } = adapter;
      adapter.create = ((input: Parameters<Adapter['create']>[0]) =>
        input.model === 'passkey' ? insert(pool, input.data) : create(input)) as Adapter['create'];
    },
  } satisfies BetterAuthPlugin;
}

async function insert(pool: Pool, data: Record<string, unknown>): Promise<object> {
  const row = { ...data, name: data.name ?? null, id: randomBytes(16).toString('hex') };
  await pool.query(INSERT, [
    row.id,
    data.userId,
    row.name,
    data.publicKey,
    data.credentialID,
    data.counter,
    data.deviceType,
    data.backedUp,
    data.transports,
    data.aaguid,
    data.createdAt,
    basisOfRequest(),
  ]);
  return row;
}
