import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Pool, PoolClient } from 'pg';
import type { UserLine } from './user-line';
import { writeCompleteFile } from '../../runtime/complete-file';
import { StartError } from '../../runtime/start-error';

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
 * Writes all users of one moment, with their password hashes, in the format of the import. The file
 * appears when it is complete.
 *
 * @returns the number of users.
 * @throws {StartError} when the file exists, or there is no space for it.
 * @throws when the login may not read password hashes.
 */
export async function exportUsers(pool: Pool, file: string): Promise<number> {
  const counted = { users: 0 };
  await writeCompleteFile({
    file,
    name: 'export',
    write: (draft) => writeUsers({ pool, draft, counted }),
  });
  return counted.users;
}

interface Writing {
  pool: Pool;
  draft: string;
  counted: { users: number };
}

async function writeUsers({ pool, draft, counted }: Writing): Promise<void> {
  const client = await pool.connect();
  try {
    const output = createWriteStream(draft, { flags: 'wx', mode: OWNER_ONLY });
    await once(output, 'open');
    await pipeline(readLines(client, counted), output);
  } catch (error) {
    throw explainFile(error, draft);
  } finally {
    client.release(true);
  }
}

/** Codes of a write for which there is no space; Node.js does not name the file. */
const NO_SPACE = ['ENOSPC', 'EDQUOT', 'EFBIG'];

function explainFile(error: unknown, file: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (!NO_SPACE.includes(code ?? '')) return error;
  return new StartError(`${file} cannot be written: ${message}`, { cause: error });
}

/** The lines of one page at a time. */
async function* readLines(client: PoolClient, counted: { users: number }): AsyncGenerator<string> {
  await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
  for (let after: string | null = ''; after !== null;) {
    const { rows }: { rows: (UserLine & { id: string })[] } = await client.query(SELECT_PAGE, [
      after,
    ]);
    yield rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    counted.users += rows.length;
    after = rows.length < PAGE ? null : rows.at(-1)!.id;
  }
  await client.query('COMMIT');
}
