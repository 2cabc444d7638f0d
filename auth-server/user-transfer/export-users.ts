import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Pool } from 'pg';
import type { UserLine } from './user-line';

const PAGE = 1_000;

/** Only the owner of the process can read the file: it contains password hashes. */
const OWNER_ONLY = 0o600;

const SELECT_PAGE = `
  SELECT "user".id, email, name, email_verified AS "emailVerified", image, role, banned,
         ban_reason AS "banReason", ban_expires AS "banExpires", "user".created_at AS "createdAt",
         account.password AS "passwordHash"
    FROM "user"
    LEFT JOIN account ON account.user_id = "user".id AND account.provider_id = 'credential'
   WHERE "user".id > $1 ORDER BY "user".id LIMIT ${PAGE}`;

/**
 * Writes all users of one moment, with their password hashes, in the format of the import.
 *
 * @returns the number of users.
 * @throws when the file exists, or the login may not read password hashes.
 */
export async function exportUsers(pool: Pool, file: string): Promise<number> {
  const client = await pool.connect();
  const output = createWriteStream(file, { flags: 'wx', mode: OWNER_ONLY });
  try {
    await once(output, 'open');
    await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    let count = 0;
    for (let after: string | null = ''; after !== null;) {
      const { rows }: { rows: (UserLine & { id: string })[] } = await client.query(SELECT_PAGE, [
        after,
      ]);
      const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
      if (!output.write(text)) await once(output, 'drain');
      count += rows.length;
      after = rows.length < PAGE ? null : rows.at(-1)!.id;
    }
    output.end();
    await finished(output);
    await client.query('COMMIT');
    return count;
  } finally {
    output.destroy();
    client.release(true);
  }
}
